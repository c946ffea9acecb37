"""Server opens a REP socket, binds it to an endpoint and waits for Ctrl-C."""

import argparse
import signal

import zmq

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("-bind", metavar="endpoint", default="tcp://127.0.0.1:5555")
args = parser.parse_args()

# Raise KeyboardInterrupt on SIGTERM too, and on SIGINT even if a shell script
# started this program with &.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.default_int_handler)

context = zmq.Context()
socket = context.socket(zmq.REP)
try:
    socket.bind(args.bind)
    print("REP socket is bound")
    while not socket.poll(500):  # no client sends a request in this lesson
        pass
except KeyboardInterrupt:
    pass
socket.close()
context.term()
print("REP socket is closed")
