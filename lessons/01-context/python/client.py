"""Client opens a REQ socket, connects it to an endpoint and closes it."""

import argparse
import sys

import zmq

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("-connect", metavar="endpoint", default="tcp://127.0.0.1:5555")
args = parser.parse_args()

context = zmq.Context()
socket = context.socket(zmq.REQ)

# connect returns at once, whether there is a server or not, because libzmq keeps
# trying in the background. The monitor reports when the handshake is complete.
monitor = socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED)
socket.connect(args.connect)
if not monitor.poll(5000):
    sys.exit(f"client: no server at {args.connect} within 5 seconds")
print("REQ socket is connected")

monitor.close()
socket.close()
context.term()  # waits until every socket of the context is closed
print("REQ socket is closed")
