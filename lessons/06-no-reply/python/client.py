"""Client sends some names, one at a time, and prints the reply to each.

When a reply does not come in time, it closes the socket and asks again on a
new one.
"""

import argparse
import sys
import time

import zmq

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("-connect", metavar="endpoint", default="tcp://127.0.0.1:5555")
parser.add_argument("-timeout", metavar="seconds", type=float, default=5)
parser.add_argument("-tries", metavar="int", type=int, default=10)
args = parser.parse_args()


def ask(context, request):
    """Send a request on a socket of its own. Return the reply, or None."""
    with context.socket(zmq.REQ) as socket:
        socket.linger = 0  # closing does not wait for a server
        socket.connect(args.connect)
        socket.send_string(request)
        end = time.monotonic() + args.timeout
        while time.monotonic() < end:
            try:
                return socket.recv_string(zmq.NOBLOCK)
            except zmq.Again:
                time.sleep(0.01)  # no reply yet: here is time for other work
    return None


def ask_again(context, request):
    """Ask until there is a reply, args.tries times at most."""
    for attempt in range(1, args.tries + 1):
        reply = ask(context, request)
        if reply is not None:
            return reply
        print(
            f'client: no reply to "{request}" (try {attempt} of {args.tries}):'
            f" timed out after {args.timeout:g}s",
            file=sys.stderr,
        )
    sys.exit(f'client: no reply to "{request}": gave up after {args.tries} tries at {args.connect}')


context = zmq.Context()
for name in ["World", "Gophers", "Zoë", "世界"]:
    try:
        reply = ask_again(context, name)
    except KeyboardInterrupt:
        sys.exit(f'client: no reply to "{name}": interrupted')
    print(f'sent "{name}", received "{reply}"')
context.term()
