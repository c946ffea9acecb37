"""Client sends four names and prints the reply to each.

If a reply does not arrive in time, it sends the request again on a new socket.
"""

import argparse
import random
import sys
import time

import zmq

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("-connect", metavar="endpoint", default="tcp://127.0.0.1:5555")
parser.add_argument("-timeout", metavar="seconds", type=float, default=5)
parser.add_argument("-tries", metavar="number", type=int, default=10)
args = parser.parse_args()


def connect(context):
    """Return a new REQ socket that is connected to the endpoint."""
    socket = context.socket(zmq.REQ)
    socket.linger = 0  # when the socket closes, drop what has not been sent
    socket.connect(args.connect)
    return socket


def ask(socket, request):
    """Send a request. Return the reply, or None after the timeout."""
    socket.send_string(request)
    deadline = time.monotonic() + args.timeout
    while time.monotonic() < deadline:
        try:
            return socket.recv_string(zmq.NOBLOCK)
        except zmq.Again:
            time.sleep(0.01)  # no reply yet: do other work here
    return None


def ask_again(context, socket, request):
    """Ask until there is a reply. Return it and the socket for the next request."""
    pause = 0.1
    for attempt in range(1, args.tries + 1):
        reply = ask(socket, request)
        if reply is not None:
            return reply, socket
        failure = f"timed out after {args.timeout:g}s"
        if attempt == args.tries:
            sys.exit(f'client: no reply to "{request}": gave up after try {attempt} of {args.tries} at {args.connect}: {failure}')
        print(f'client: no reply to "{request}" (try {attempt} of {args.tries}): {failure}', file=sys.stderr)

        time.sleep(pause * random.uniform(0.5, 1.5))  # jitter
        pause = min(2 * pause, 2)
        socket.close()  # so that it cannot receive a late reply
        socket = connect(context)


context = zmq.Context()
socket = connect(context)
for name in ["World", "Gophers", "Zoë", "世界"]:
    try:
        reply, socket = ask_again(context, socket, name)
    except KeyboardInterrupt:
        sys.exit(f'client: no reply to "{name}": interrupted')
    print(f'sent "{name}", received "{reply}"')
socket.close()
context.term()
