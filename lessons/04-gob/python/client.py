"""Client sends a random 100 x 10 matrix and receives the square of each element."""

import argparse
import sys

import numpy
import zmq

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("-connect", metavar="endpoint", default="tcp://127.0.0.1:5555")
args = parser.parse_args()

context = zmq.Context()
socket = context.socket(zmq.REQ)
socket.rcvtimeo = 5000  # milliseconds
socket.linger = 0  # when the socket closes, drop what has not been sent
socket.connect(args.connect)

matrix = numpy.random.random((100, 10))
socket.send_pyobj(matrix)
try:
    squared = socket.recv_pyobj()
except zmq.Again:
    sys.exit("client: no reply within 5 seconds")
except Exception as err:  # bytes that are not a pickle can raise any exception
    sys.exit(f"client: cannot unpickle the reply: {err}")
if not isinstance(squared, numpy.ndarray):
    sys.exit(f"client: the server rejected the matrix: {squared!r}")

name = f"{type(squared).__module__}.{type(squared).__name__}"
print(f"received {name}, {squared.shape[0]} x {squared.shape[1]}")
print(f"difference: {abs(squared - numpy.square(matrix)).max():g}")

socket.close()
context.term()
