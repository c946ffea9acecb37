"""Server greets everyone who sends a name: "World" gets "Hello, World!".

Untrusted peers may reach it: libzmq has some limits for them.
"""

import argparse
import signal
import sys

import zmq

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("-bind", metavar="endpoint", default="tcp://127.0.0.1:5555")
args = parser.parse_args()


def greet(frames):
    """Return the reply to a request, or raise ValueError for a bad one."""
    if len(frames) != 1:
        raise ValueError(f"a request is one frame, not {len(frames)}")
    try:
        name = frames[0].decode()
    except UnicodeDecodeError:
        raise ValueError("the name is not UTF-8") from None
    print(f'received "{name}"')
    return f"Hello, {name}!"


# Raise KeyboardInterrupt on SIGTERM too, and on SIGINT even if a shell script
# started this program with &.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.default_int_handler)

context = zmq.Context()
socket = context.socket(zmq.REP)
socket.maxmsgsize = 64 << 10  # bytes per frame
socket.handshake_ivl = 5000  # milliseconds
try:
    socket.bind(args.bind)
    while True:
        # recv would miss a Ctrl-C that comes right before it, so wait in poll.
        if not socket.poll(500):
            continue
        frames = socket.recv_multipart()
        try:
            reply = greet(frames)
        except ValueError as err:
            print(f"server: bad request: {err}", file=sys.stderr)
            reply = f"error: {err}"
        socket.send_string(reply)
except KeyboardInterrupt:
    pass
socket.close()
context.term()
