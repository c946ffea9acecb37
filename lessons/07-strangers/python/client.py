"""Client sends each name, and prints the reply."""

import argparse
import sys

import zmq

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("-connect", metavar="endpoints", default="tcp://127.0.0.1:5555")
parser.add_argument("names", metavar="name", nargs="*", default=["World", "Gophers", "Zoë", "世界"])
args = parser.parse_args()

context = zmq.Context()
socket = context.socket(zmq.REQ)
socket.rcvtimeo = 5000  # milliseconds
socket.linger = 0  # when the socket closes, drop what has not been sent
for endpoint in args.connect.split(","):
    if endpoint.startswith("guard://"):
        sys.exit(f"client: cannot connect to {endpoint}: the guard is written in Go, so use tcp://")
    socket.connect(endpoint)

for name in args.names:
    socket.send_string(name)
    try:
        reply = socket.recv_string()
    except zmq.Again:
        sys.exit(f'client: no reply to "{name}" within 5 seconds')
    print(f'sent "{name}", received "{reply}"')

socket.close()
context.term()
