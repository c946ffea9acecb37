"""Worker greets each name that the broker sends it."""

import argparse
import signal
import sys
import time

import zmq

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("-connect", metavar="endpoint", default="tcp://127.0.0.1:5556")
parser.add_argument("-slow", metavar="seconds", type=float, default=0)
parser.add_argument("-crash", action="store_true", help="exit without a reply to the first request")
args = parser.parse_args()

SILENCE = 5000  # milliseconds that a broker may be silent


def interrupted(signum, frame):
    """Take no more requests. A second Ctrl-C stops the program immediately."""
    global closing
    closing = True
    signal.signal(signum, signal.SIG_DFL)


def greet(frames):
    """Return the reply to a request, or raise ValueError for a bad one."""
    if len(frames) != 1:
        raise ValueError(f"a request is one frame, not {len(frames)}")
    try:
        name = frames[0].decode()
    except UnicodeDecodeError:
        raise ValueError("the name is not UTF-8") from None
    print(f'received "{name}"', flush=True)
    time.sleep(args.slow)  # instead of work
    return f"Hello, {name}!"


def answer(frames):
    """Return the reply to a request, which may be bad."""
    try:
        return greet(frames)
    except ValueError as err:
        print(f"worker: bad request: {err}", file=sys.stderr)
        return f"error: {err}"


def work(context):
    """Work for one broker until it is silent for too long."""
    with context.socket(zmq.REQ) as socket:
        socket.linger = 0  # discard unsent messages
        socket.connect(args.connect)
        command, reply = b"ready", []  # there is no request to answer yet
        while True:
            socket.send_multipart([command, *reply])
            if not socket.poll(SILENCE):
                if not closing:
                    print("worker: connecting again: lost the broker", file=sys.stderr)
                return
            kind, *frames = socket.recv_multipart()
            if kind == b"ping":
                reply = []
            elif kind == b"request":
                if args.crash:
                    sys.exit("worker: crashed before the reply")
                reply = [answer(frames).encode()]
            elif kind == b"bye":  # the broker knows that we are leaving
                return
            else:
                sys.exit(f"worker: no broker at {args.connect}: it says \"{kind.decode(errors='replace')}\"")
            if closing:
                command = b"bye"


closing = False
signal.signal(signal.SIGINT, interrupted)
signal.signal(signal.SIGTERM, interrupted)
context = zmq.Context()
while not closing:
    work(context)
context.term()
