"""Client sends a random matrix, receives its squares, and checks them."""

import argparse
import json
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
header = {"dtype": matrix.dtype.str, "shape": list(matrix.shape), "order": "C"}
data = numpy.ascontiguousarray(matrix)  # row after row, as the header says
socket.send_multipart([json.dumps(header).encode(), data])
print("sent {} x {} values of dtype {}".format(*matrix.shape, matrix.dtype.str))

try:
    reply = socket.recv_multipart()
except zmq.Again:
    sys.exit("client: no reply within 5 seconds")
if len(reply) == 1:
    sys.exit(f"client: cannot use the reply: the server rejected the matrix: {reply[0]!r}")
if len(reply) != 2:
    sys.exit(f"client: cannot use the reply: a reply is two frames, not {len(reply)}")
if json.loads(reply[0]) != header:
    sys.exit(f"client: cannot use the reply: the header describes a different matrix: {reply[0]!r}")
squares = numpy.frombuffer(reply[1], dtype=header["dtype"]).reshape(header["shape"])
print("received {} x {} values of dtype {}".format(*squares.shape, squares.dtype.str))

print("difference: {:g}".format(numpy.abs(matrix * matrix - squares).sum()))

socket.close()
context.term()
