"""Server squares each value of the matrices that it receives as a header and bytes."""

import argparse
import json
import signal
import sys

import numpy
import zmq

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("-bind", metavar="endpoint", default="tcp://127.0.0.1:5555")
args = parser.parse_args()

numpy.seterr(all="ignore")  # no warning if a square overflows to inf


def parse(frames):
    """Return the matrix in a request, or raise ValueError for a bad request."""
    if len(frames) != 2:
        raise ValueError(f"a request is two frames, not {len(frames)}")
    rows, columns = parse_header(frames[0])
    if rows * columns * 8 != len(frames[1]):
        raise ValueError(f"the length of the data is {len(frames[1])}, not {rows} x {columns} x 8")
    return numpy.frombuffer(frames[1], dtype="<f8").reshape(rows, columns)


def parse_header(header):
    """Return the shape in a header, or raise ValueError for a bad header."""
    try:
        text = header.decode()
    except UnicodeDecodeError:
        raise ValueError("the header is not UTF-8") from None
    try:
        # If there were two shapes, a dict would keep only the last. So decode an
        # object into a tuple of all its fields. An array becomes a list.
        fields = json.loads(text, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, tuple):
        raise ValueError("the header is not one JSON object")
    if sorted(name for name, _ in fields) != ["dtype", "order", "shape"]:
        raise ValueError("the fields of the header are not dtype, shape and order, each once")
    header = dict(fields)
    if header["dtype"] != "<f8":
        raise ValueError("the dtype is not little-endian float64")
    if header["order"] != "C":
        raise ValueError("the order is not C")
    shape = header["shape"]
    if not (isinstance(shape, list) and len(shape) == 2
            and all(type(n) is int and 0 < n < 2**63 for n in shape)):
        raise ValueError("the shape is not two positive int64 numbers")
    return shape


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
            matrix = parse(frames)
        except ValueError as err:
            print(f"server: bad request: {err}", file=sys.stderr)
            reply = [json.dumps({"error": str(err)}).encode()]
        else:
            print("received {} x {} values of dtype {}".format(*matrix.shape, matrix.dtype.str))
            reply = [frames[0], matrix * matrix]
        socket.send_multipart(reply)
except KeyboardInterrupt:
    pass
socket.close()
context.term()
