"""Talk to a lesson's program with heartbeats on: heartbeat.py TYPE ENDPOINT.

A REQ or a DEALER connects, asks once and prints the reply. A REP binds, and
answers two requests.
"""

import sys

import zmq

kind, endpoint = sys.argv[1:]
context = zmq.Context()
socket = context.socket(getattr(zmq, kind))
socket.heartbeat_ivl = 50  # milliseconds between PINGs
socket.heartbeat_timeout = 500  # close the connection if no PONG arrives within this time

if kind == "REP":
    socket.bind(endpoint)
    for _ in range(2):
        socket.send_string(f"Hello, {socket.recv_string()}!")
    socket.close()
else:
    socket.connect(endpoint)
    socket.send_multipart([b"World"] if kind == "REQ" else [b"", b"World"])
    print(socket.recv_multipart()[-1].decode())
    socket.close(linger=0)
context.term()
