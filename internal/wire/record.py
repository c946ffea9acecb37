"""Record plays one exchange between two libzmq sockets, through a proxy.

    python3 record.py EXCHANGE SERVER CLIENT

The first socket binds to the endpoint SERVER, the second connects to CLIENT.
They stay open until standard input is closed.
"""

import json
import struct
import sys

import zmq

name, bind, connect = sys.argv[1:]
context = zmq.Context()
context.rcvtimeo = context.sndtimeo = 30_000  # milliseconds: no exchange waits forever
context.linger = 0
opened = []  # keeps the sockets: Python closes those that have no reference


def open_sockets(server_kind, client_kind, **options):
    server, client = context.socket(server_kind), context.socket(client_kind)
    for option, value in options.items():
        setattr(client, option, value)
    server.bind(bind)
    client.connect(connect)
    opened.extend((server, client))
    return server, client


def exchange(server, client, request, reply):
    client.send_multipart(request)
    server.recv_multipart()
    server.send_multipart(reply)
    client.recv_multipart()


if name == "req-rep":
    exchange(*open_sockets(zmq.REP, zmq.REQ), [b"World"], [b"Hello, World!"])
elif name == "multipart":  # lesson 05's request, with a smaller matrix
    header = json.dumps({"dtype": "<f8", "shape": [2, 2]}, separators=(",", ":")).encode()
    values = [[1, 2, 3, 4], [7, 10, 15, 22]]
    exchange(*open_sockets(zmq.REP, zmq.REQ), *([header, struct.pack("<4d", *v)] for v in values))
elif name == "dealer":  # it chooses its envelope: only the delimiter, then more
    server, client = open_sockets(zmq.REP, zmq.DEALER, identity=b"Ada")
    exchange(server, client, [b"", b"World"], [b"Hello, World!"])
    exchange(server, client, [b"1", b"\x00\xff", b"", b"a", b"", b"b", b""], [b""])
elif name == "long":
    exchange(*open_sockets(zmq.REP, zmq.REQ), ["世界".encode() * 50], [bytes(range(256)) + b"\0"])
elif name == "push":  # no envelope, so no delimiter
    server, client = open_sockets(zmq.PULL, zmq.PUSH)
    client.send_multipart([b"", b"World"])
    server.recv_multipart()
elif name == "heartbeat":
    open_sockets(zmq.REP, zmq.REQ, heartbeat_ivl=300, heartbeat_ttl=1500)  # milliseconds
else:
    sys.exit(f"no exchange is called {name}")

sys.stdin.read()
context.destroy()
