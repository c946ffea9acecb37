"""Pyzmq compares REP and REQ sockets of libzmq, as Python programs use them."""

import sys
import time

import zmq

context = zmq.Context()


def serve():
    socket = context.socket(zmq.REP)
    port = socket.bind_to_random_port("tcp://127.0.0.1")
    print(f"127.0.0.1:{port}", flush=True)
    poller = zmq.Poller()
    poller.register(socket, zmq.POLLIN)
    poller.register(sys.stdin, zmq.POLLIN)
    while True:
        for ready, _ in poller.poll():
            if ready is not socket:
                return  # end of input
            socket.send(socket.recv())


def ask(address, size, clients):
    body = bytes(size)
    sockets = [context.socket(zmq.REQ) for _ in range(clients)]
    poller = zmq.Poller()
    for socket in sockets:
        socket.connect(f"tcp://{address}")
        poller.register(socket, zmq.POLLIN)
    for line in sys.stdin:
        turn = float(line.rstrip("ms\n")) / 1000
        trips, waiting, start = 0, clients, time.perf_counter()
        for socket in sockets:
            socket.send(body)
        while waiting:
            for socket, _ in poller.poll() if clients > 1 else [(sockets[0], 0)]:
                if len(socket.recv()) != size:
                    sys.exit("another reply")
                trips += 1
                if time.perf_counter() - start < turn:
                    socket.send(body)
                else:
                    waiting -= 1
        print(trips / (time.perf_counter() - start), flush=True)


if sys.argv[1] == "serve":
    serve()
else:
    ask(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
context.destroy(linger=0)
