"""Server squares each element of every matrix that it receives.

A pickle can run any code here, so serve only programs that you control.
"""

import argparse
import pickle
import signal
import sys

import numpy
import zmq

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("-bind", metavar="endpoint", default="tcp://127.0.0.1:5555")
args = parser.parse_args()


def decode(frames):
    """Return the matrix in a request, or raise ValueError for a bad request."""
    if len(frames) != 1:
        raise ValueError(f"a request is one frame, not {len(frames)}")
    try:
        matrix = pickle.loads(frames[0])  # recv_pyobj calls recv and this
    except Exception as err:  # a pickle can raise any exception
        raise ValueError(f"not a pickle: {err}") from None
    if not isinstance(matrix, numpy.ndarray) or matrix.dtype != float or matrix.ndim != 2:
        raise ValueError(f"not a matrix of floats: {type(matrix).__name__}")
    return matrix


# Raise KeyboardInterrupt on SIGTERM too, and on SIGINT even if a shell script
# started this program with &.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.default_int_handler)

context = zmq.Context()
socket = context.socket(zmq.REP)
try:
    socket.bind(args.bind)
    while True:
        # recv would miss a Ctrl-C that comes right before it, so wait in poll.
        if not socket.poll(500):
            continue
        frames = socket.recv_multipart()
        try:
            matrix = decode(frames)
            name = f"{type(matrix).__module__}.{type(matrix).__name__}"
            print(f"received {name}, {matrix.shape[0]} x {matrix.shape[1]}")
            reply = numpy.square(matrix)
        except ValueError as err:
            print(f"server: bad request: {err}", file=sys.stderr)
            reply = err  # an exception is an object too
        socket.send_pyobj(reply)
except KeyboardInterrupt:
    pass
socket.close()
context.term()
