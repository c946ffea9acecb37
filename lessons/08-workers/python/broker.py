"""Pass each client's request to the worker that has been idle the longest."""

import argparse
import signal
import sys
import time

import zmq

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("-bind", metavar="endpoint", default="tcp://127.0.0.1:5555")
parser.add_argument("-workers", metavar="endpoint", default="tcp://127.0.0.1:5556")
parser.add_argument("-queue", metavar="n", type=int, default=1000)
parser.add_argument("-deadline", metavar="seconds", type=float, default=5)
parser.add_argument("-heartbeat", metavar="seconds", type=float, default=1)
parser.add_argument("-tries", metavar="n", type=int, default=1)
args = parser.parse_args()


class Worker:
    """A worker has a request, or has been sent a ping, or is idle."""

    def __init__(self, number, identity):
        self.number, self.identity = number, identity
        self.request, self.pinged, self.due = None, False, 0

    def send(self, *frames):
        to_workers.send_multipart([self.identity, b"", *frames])


class Request:
    """A request waits for a worker, or a worker has it."""

    def __init__(self, number, envelope, body):
        self.number, self.envelope, self.body, self.tries = number, envelope, body, 0
        self.due = time.monotonic() + args.deadline

    def reply(self, *frames):
        to_clients.send_multipart([*self.envelope, *frames])


waiting = []  # requests, the oldest first
workers = []  # the one that has been idle the longest first
requests = readies = 0  # how many there have been
closing = False


def from_client(frames):
    global requests
    envelope, body = cut(frames)
    requests += 1
    request = Request(requests, envelope, body)
    if closing:
        request.reply(b"error: the broker is closing")
        return
    waiting.append(request)
    dispatch()
    if len(waiting) > args.queue:
        waiting.pop().reply(b"error: the queue is full")
    elif len(waiting) == 1 and not workers:
        print(f"broker: request {request.number} waits: no worker is ready", file=sys.stderr)


def from_worker(frames):
    global readies
    (identity, *_), body = cut(frames)
    command, *reply = body or [b""]
    if command not in (b"ready", b"bye"):
        print(f"broker: bad message from a worker: neither ready nor bye: \"{command[:50].decode(errors='replace')}\"", file=sys.stderr)
        to_workers.send_multipart([identity, b"", b"error: this endpoint is for workers"])
        return
    worker = next((w for w in workers if w.identity == identity), None)
    if worker is None:
        if command == b"bye":
            to_workers.send_multipart([identity, b"", b"bye"])
            return
        readies += 1
        worker = Worker(readies, identity)
        print(f"worker {worker.number} is ready", flush=True)
        workers.append(worker)
    if worker.request:
        request, worker.request = worker.request, None
        workers.remove(worker)
        workers.append(worker)
        if reply:
            request.reply(*reply)
        else:
            lost(request, "the worker started again")
    worker.pinged, worker.due = False, time.monotonic() + args.heartbeat
    if command == b"bye":
        print(f"worker {worker.number} has left", flush=True)
        workers.remove(worker)
        worker.send(b"bye")
    dispatch()


def tick():
    for request in list(waiting):
        if time.monotonic() >= request.due:
            waiting.remove(request)
            request.reply(f"error: no worker was free within {args.deadline:g}s".encode())
    for worker in list(workers):
        if time.monotonic() < worker.due:
            continue
        if not worker.request and not worker.pinged:
            worker.pinged, worker.due = True, time.monotonic() + args.deadline
            worker.send(b"ping")
            continue
        print(f"broker: worker {worker.number} is gone: no answer within {args.deadline:g}s", file=sys.stderr)
        workers.remove(worker)
        if worker.request:
            lost(worker.request, f"no reply from a worker within {args.deadline:g}s")
    dispatch()


def dispatch():
    while waiting and not closing:
        worker = next((w for w in workers if not w.request and not w.pinged), None)
        if worker is None:
            return
        request = waiting.pop(0)
        request.tries += 1
        worker.request, worker.due = request, time.monotonic() + args.deadline
        print(f"request {request.number} goes to worker {worker.number}", flush=True)
        worker.send(b"request", *request.body)


def lost(request, why):
    """Give the request to another worker if it may be repeated."""
    if closing or request.tries >= args.tries:
        request.reply(f"error: {why}".encode())
    else:
        request.due = time.monotonic() + args.deadline
        waiting.insert(0, request)


def cut(frames):
    """Split a message after its envelope, which ends with an empty frame."""
    end = frames.index(b"", 1) + 1
    return frames[:end], frames[end:]


def interrupted(signum, frame):
    """Refuse requests. A second Ctrl-C stops the program immediately."""
    global closing
    closing = True
    signal.signal(signum, signal.SIG_DFL)


signal.signal(signal.SIGINT, interrupted)
signal.signal(signal.SIGTERM, interrupted)
context = zmq.Context()
to_clients = context.socket(zmq.ROUTER)
to_workers = context.socket(zmq.ROUTER)
to_clients.bind(args.bind)
to_workers.bind(args.workers)

while not closing or any(w.request for w in workers):
    ready, _, _ = zmq.select([to_clients, to_workers], [], [], 0.1)
    for socket in ready:
        frames = socket.recv_multipart()
        try:
            from_client(frames) if socket is to_clients else from_worker(frames)
        except ValueError:
            print("broker: bad message: it has no delimiter", file=sys.stderr)
    tick()
    while closing and waiting:
        waiting.pop(0).reply(b"error: the broker is closing")

to_clients.close()
to_workers.close()
context.term()
