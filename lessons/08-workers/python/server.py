"""Server greets everyone who sends a name. Several threads do the work."""

import argparse
import signal
import sys
import threading
import time

import zmq

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("-bind", metavar="endpoint", default="tcp://127.0.0.1:5555")
parser.add_argument("-threads", metavar="n", type=int, default=3)
parser.add_argument("-slow", metavar="seconds", type=float, default=0)
args = parser.parse_args()
context = zmq.Context()


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
    print(f'done with "{name}"', flush=True)
    return f"Hello, {name}!"


def work():
    """Answer one request after another until the main thread closes."""
    # A socket belongs to one thread, so each thread has a REP socket.
    socket = context.socket(zmq.REP)
    socket.connect("inproc://threads")
    while True:
        try:
            frames = socket.recv_multipart()
        except zmq.ContextTerminated:
            socket.close()
            return
        try:
            reply = greet(frames)
        except ValueError as err:
            print(f"server: bad request: {err}", file=sys.stderr)
            reply = f"error: {err}"
        socket.send_string(reply)


def interrupted(signum, frame):
    """Stop taking requests. A second Ctrl-C stops the program immediately."""
    global closing
    closing = True
    signal.signal(signum, signal.SIG_DFL)


closing = False
signal.signal(signal.SIGINT, interrupted)
signal.signal(signal.SIGTERM, interrupted)

clients = context.socket(zmq.ROUTER)
threads = context.socket(zmq.DEALER)  # gives each request to the next thread
clients.bind(args.bind)
threads.bind("inproc://threads")
for _ in range(args.threads):
    threading.Thread(target=work, daemon=True).start()

working = 0
while working or not closing:
    # A Ctrl-C just before a select is seen after it, so do not wait for long.
    ready, _, _ = zmq.select([threads] if closing else [threads, clients], [], [], 0.5)
    for socket in ready:
        if socket is clients:
            threads.send_multipart(clients.recv_multipart())
            working += 1
        else:
            clients.send_multipart(threads.recv_multipart())
            working -= 1

clients.close()
threads.close()
context.term()
