"""Client sends three lists of numbers in JSON and prints the reply to each."""

import argparse
import sys

import zmq

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("-connect", metavar="endpoint", default="tcp://127.0.0.1:5555")
args = parser.parse_args()

context = zmq.Context()
socket = context.socket(zmq.REQ)
socket.rcvtimeo = 5000  # milliseconds
socket.linger = 0  # when the socket closes, drop what has not been sent
socket.connect(args.connect)

for numbers in [[3, 1, 2], [0.5, -1.5], [1e100]]:
    sent = "[" + " ".join(f"{x:g}" for x in numbers) + "]"
    socket.send_json({"numbers": numbers})
    try:
        reply = socket.recv_json()
    except zmq.Again:
        sys.exit(f"client: no reply to {sent} within 5 seconds")
    except ValueError as err:
        sys.exit(f"client: cannot decode the reply to {sent}: {err}")
    if not isinstance(reply, dict):
        sys.exit(f"client: cannot use the reply to {sent}: it is not an object")
    if "error" in reply:
        sys.exit(f"client: the server rejected {sent}: {reply['error']!r}")
    if not reply.keys() >= {"count", "sum", "mean", "min", "max"}:
        sys.exit(f"client: cannot use the reply to {sent}: it lacks a field")
    received = "count {count}, sum {sum:g}, mean {mean:g}, min {min:g}, max {max:g}"
    print(f"sent {sent}, received {received.format(**reply)}")

socket.close()
context.term()
