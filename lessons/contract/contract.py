"""Run probes of the promises with libzmq, and print the outcome of each.

    python3 contract.py req-alternates...

Each probe has its own thread and its own context. It leaves its sockets open
until the process exits.
"""

import errno
import os
import queue
import socket
import sys
import tempfile
import threading
import traceback

import zmq
from zmq.utils.monitor import recv_monitor_message

try:
    import resource
except ImportError:
    pass  # Windows
else:  # the probes need more files than the 256 that macOS allows at first
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = 4096 if most == resource.RLIM_INFINITY else min(most, 4096)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))

SOON = 500  # milliseconds until a call is said to block
probe = threading.local()  # its context


def new(kind, **options):
    """Return a socket of the probe's context."""
    s = probe.context.socket(kind)
    for name, value in options.items():
        setattr(s, name, value)
    return s


def bound(kind, endpoint="tcp://127.0.0.1:*"):
    """Return a socket that is bound, and its endpoint."""
    s = new(kind)
    while True:
        try:
            s.bind(endpoint)
            return s, s.last_endpoint.decode()
        except zmq.ZMQError as err:  # libzmq frees an endpoint some time after close
            if err.errno != zmq.EADDRINUSE:
                raise


def nobody():
    """Return an endpoint that nobody listens on, and what keeps it free."""
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    return f"tcp://127.0.0.1:{holder.getsockname()[1]}", holder


def connected(kind, *endpoints, **options):
    s = new(kind, **options)
    for endpoint in endpoints:
        s.connect(endpoint)
    return s


def pair():
    rep, endpoint = bound(zmq.REP)
    return rep, connected(zmq.REQ, endpoint)


def serve(answer=None):
    """Answer requests in the background, with an echo if no answer is given."""
    rep, endpoint = bound(zmq.REP)
    rep.rcvtimeo = -1

    def run():
        while True:
            request = rep.recv()
            rep.send(request if answer is None else answer)

    threading.Thread(target=run, daemon=True).start()
    return endpoint


def exchange(req, request):
    req.send(request)
    return req.recv().decode()


def refused(call, *args):
    try:
        call(*args)
        return False
    except zmq.ZMQError as err:
        if err.errno != zmq.EFSM:
            raise
        return True


def blocks(send, *args):
    """Start the call in a thread and report whether it still waits a moment later."""
    thread = threading.Thread(target=send, args=args, daemon=True)
    thread.start()
    thread.join(SOON / 1000)
    return thread.is_alive()


def wait_for(monitor, *events):
    """Return the first of the events that the monitor reports."""
    while True:
        event = recv_monitor_message(monitor)["event"]
        if event in events:
            return event


def peers(kind):
    names = "REQ REP DEALER ROUTER PUB SUB XPUB XSUB PUSH PULL PAIR".split()
    compatible, kept = [], []
    for name in names:
        peer, endpoint = bound(getattr(zmq, name))
        s = new(kind)
        monitor = s.get_monitor_socket()
        kept += [peer, s]  # the monitor's name is free again when its socket is gone
        s.connect(endpoint)
        event = wait_for(monitor, zmq.EVENT_HANDSHAKE_SUCCEEDED, zmq.EVENT_DISCONNECTED,
                         zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL, zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL)
        if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
            compatible.append(name)
    return "only " + " and ".join(compatible)


def req_peers():
    return peers(zmq.REQ)


def req_bidirectional():
    router, endpoint = bound(zmq.ROUTER)
    req = connected(zmq.REQ, endpoint)
    req.send(b"request")
    client, empty, request = router.recv_multipart()
    router.send_multipart([client, empty, b"reply"])
    return f"{request.decode()} out, {req.recv().decode()} in"


def req_alternates():
    req = connected(zmq.REQ, serve())
    allowed = []
    if not refused(req.recv):
        allowed.append("receives first")
    req.send(b"1")
    if not refused(req.send, b"2"):
        allowed.append("sends twice")
    req.recv()
    if not refused(req.recv):
        allowed.append("receives twice")
    return ", ".join(allowed) or "refused"


def req_round_robin():
    req = connected(zmq.REQ, serve(b"A"), serve(b"B"), serve(b"C"))
    return "".join(exchange(req, b"who?") for _ in range(9))


def req_matched():
    # inproc delivers immediately: the repeated reply is there before request 2.
    router, endpoint = bound(zmq.ROUTER, "inproc://service")
    req = connected(zmq.REQ, endpoint)
    for request in [b"request 1", b"request 2"]:
        req.send(request)
        client, empty, body = router.recv_multipart()
        for _ in range(2):
            router.send_multipart([client, empty, b"reply to " + body])
        reply = req.recv().decode()
    return reply


def req_late_reply():
    return f"{late_reply()} (with REQ_CORRELATE: {late_reply(req_correlate=1)})"


def late_reply(**options):
    router, endpoint = bound(zmq.ROUTER)
    req = connected(zmq.REQ, endpoint, **options)
    req.send(b"request 1")
    *first, _ = router.recv_multipart()
    router.send_multipart([*first, b"reply to request 1"])
    req.recv()
    req.send(b"request 2")
    *second, _ = router.recv_multipart()
    router.send_multipart([*first, b"reply to request 1"])
    router.send_multipart([*second, b"reply to request 2"])
    return req.recv().decode()


def unasked():
    """Return the reply of A and of B, where B has also sent a message unasked."""
    a, to_a = bound(zmq.ROUTER, "inproc://a")
    b, to_b = bound(zmq.ROUTER, "inproc://b")
    req = connected(zmq.REQ, to_a, to_b)

    def answer(service, text):
        client, empty, _ = service.recv_multipart()
        service.send_multipart([client, empty, text])
        return client

    req.send(b"?")
    answer(a, b"A's reply")
    req.recv()
    req.send(b"?")
    client = answer(b, b"B's reply")
    req.recv()

    req.send(b"?")
    b.send_multipart([client, b"", b"B's unsolicited message"])
    answer(a, b"A's reply")
    from_a = req.recv().decode()

    req.send(b"?")
    answer(b, b"B's reply")
    return from_a, req.recv().decode()


def req_last_peer():
    return unasked()[0]


def req_discards_others():
    return unasked()[1]


def req_mute():
    req, endpoint = bound(zmq.REQ)
    if not blocks(req.send, b"request"):
        return "sends immediately"
    rep = connected(zmq.REP, endpoint)
    return "blocks, then sends the " + rep.recv().decode()


def req_no_service():
    # Without the option the request waits in a queue, and send does not block.
    endpoint, holder = nobody()
    req = connected(zmq.REQ, endpoint, immediate=1)
    if not blocks(req.send, b"request"):
        return "sends immediately"
    holder.close()
    rep, _ = bound(zmq.REP, endpoint)
    return "blocks, then sends the " + rep.recv().decode()


def req_never_discards():
    rep, endpoint = bound(zmq.REP)
    req = new(zmq.REQ)
    monitor = req.get_monitor_socket(zmq.EVENT_DISCONNECTED)
    req.connect(endpoint)
    req.send(b"1")
    rep.send(rep.recv())
    req.recv()

    rep.close()
    wait_for(monitor, zmq.EVENT_DISCONNECTED)
    req.send(b"sent meanwhile")
    rep, _ = bound(zmq.REP, endpoint)
    return "delivered" if rep.recv() == b"sent meanwhile" else "lost"


def req_service_gone():
    # Without the option every third request waits until the service is back.
    last, endpoint = bound(zmq.REP)
    req = new(zmq.REQ)
    req.immediate = 1
    monitor = req.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_CONNECT_RETRIED)
    for e in [serve(b"A"), serve(b"B"), endpoint]:
        req.connect(e)
        wait_for(monitor, zmq.EVENT_HANDSHAKE_SUCCEEDED)
    exchange(req, b"who?")
    exchange(req, b"who?")
    req.send(b"who?")
    last.send(last.recv())
    req.recv()

    last.close()
    wait_for(monitor, zmq.EVENT_CONNECT_RETRIED)
    replies = [exchange(req, b"who?") for _ in range(6)]
    return f"A answers {replies.count('A')}, B answers {replies.count('B')} of 6"


def rep_peers():
    return peers(zmq.REP)


def rep_bidirectional():
    rep, endpoint = bound(zmq.REP)
    dealer = connected(zmq.DEALER, endpoint)
    dealer.send_multipart([b"", b"request"])
    request = rep.recv().decode()
    rep.send(b"reply")
    return f"{request} in, {dealer.recv_multipart()[1].decode()} out"


def rep_alternates():
    rep, endpoint = bound(zmq.REP)
    dealer = connected(zmq.DEALER, endpoint)
    dealer.send_multipart([b"", b"1"])
    dealer.send_multipart([b"", b"2"])
    allowed = []
    if not refused(rep.send, b"to whom?"):
        allowed.append("sends first")
    rep.recv()
    if not refused(rep.recv):
        allowed.append("receives twice")
    rep.send(b"reply")
    if not refused(rep.send, b"one more"):
        allowed.append("sends twice")
    return ", ".join(allowed) or "refused"


def rep_fair_queued():
    # inproc delivers immediately: all requests are there before the first recv.
    rep, endpoint = bound(zmq.REP, "inproc://service")
    a, b = connected(zmq.DEALER, endpoint), connected(zmq.DEALER, endpoint)
    for _ in range(20):
        a.send_multipart([b"", b"A"])
    for _ in range(5):
        b.send_multipart([b"", b"B"])
    order = ""
    for _ in range(25):
        order += rep.recv().decode()
        rep.send(b"")
    return "one of each in turn" if "ABABABABA" in order else order


def rep_last_peer():
    rep, endpoint = bound(zmq.REP)
    first, second = connected(zmq.REQ, endpoint), connected(zmq.REQ, endpoint)
    for _ in range(10):
        first.send(b"1")
        second.send(b"2")
        for _ in range(2):
            rep.send(b"reply to " + rep.recv())
        if (first.recv(), second.recv()) != (b"reply to 1", b"reply to 2"):
            return "mixed up"
    return "each client gets its own"


def rep_discards():
    rep = new(zmq.REP)
    monitor = rep.get_monitor_socket(zmq.EVENT_DISCONNECTED)
    rep.bind("tcp://127.0.0.1:*")
    endpoint = rep.last_endpoint.decode()
    gone = connected(zmq.REQ, endpoint)
    gone.send(b"nobody waits for the reply")
    rep.recv()
    gone.close()
    wait_for(monitor, zmq.EVENT_DISCONNECTED)
    rep.send(b"reply")
    after = connected(zmq.REQ, endpoint)
    after.send(b"request")
    rep.send(rep.recv())
    return f"no error, and the next {after.recv().decode()} is answered"


GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48)
PING = b"\x04\x07\x04PING\x00\x00"  # a command, with a time to live of zero


class Raw:
    """A peer that speaks ZMTP by hand, for what a libzmq socket never does."""

    def __init__(self, kind, connection):
        self.connection = connection
        self.file = connection.makefile("rb")
        ready = b"\x05READY\x0bSocket-Type" + len(kind).to_bytes(4, "big") + kind
        connection.sendall(GREETING + bytes([4, len(ready)]) + ready)
        self.file.read(64)
        self.frame()

    def frame(self):
        """Return the next frame or command, which is a short one."""
        _, size = self.file.read(2)
        return self.file.read(size)

    def send(self, *parts):
        self.connection.sendall(b"".join(parts))


def message(body):
    return b"\x01\x00\x00" + bytes([len(body)]) + body  # after the delimiter


def raw_client(endpoint):
    host, port = endpoint.removeprefix("tcp://").split(":")
    return Raw(b"REQ", socket.create_connection((host, int(port))))


def raw_service(serve):
    """Serve one client in the background, and return the endpoint."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=lambda: serve(Raw(b"REP", listener.accept()[0])), daemon=True).start()
    return f"tcp://127.0.0.1:{listener.getsockname()[1]}"


def rep_never_blocks():
    rep, endpoint = bound(zmq.REP)
    client = raw_client(endpoint)  # it never reads; a libzmq client would
    client.send(message(b"a long reply"))
    rep.recv()
    rep.send(bytes(32 << 20))
    req = connected(zmq.REQ, endpoint)
    req.send(b"next")
    rep.send(rep.recv())
    return f"the {req.recv().decode()} client is answered"


def req_heartbeat():
    def serve(service):
        service.frame(), service.frame()
        service.send(PING, message(b"reply"))

    return f'"{exchange(connected(zmq.REQ, raw_service(serve)), b"request")}"'


def req_pong():
    pong = []

    def serve(service):
        service.frame(), service.frame()
        service.send(PING)
        pong.append(service.frame())
        service.send(message(b"reply"))

    exchange(connected(zmq.REQ, raw_service(serve)), b"request")
    return "answered" if pong[0].startswith(b"\x04PONG") else "not answered"


def rep_heartbeat():
    rep, endpoint = bound(zmq.REP)
    client = raw_client(endpoint)
    client.send(PING, message(b"request"))
    request = rep.recv_multipart()
    rep.send(b"reply")
    answered = "answered" if client.frame().startswith(b"\x04PONG") else "not answered"
    return f"{quoted(request)} arrives, {answered}"


def req_delimiter():
    # libzmq ends the connection, so a good reply after it would not arrive either.
    router, endpoint = bound(zmq.ROUTER)
    req = new(zmq.REQ)
    monitor = req.get_monitor_socket(zmq.EVENT_DISCONNECTED)
    req.connect(endpoint)
    req.send(b"request")
    client, _, _ = router.recv_multipart()
    router.send_multipart([client, b"no delimiter"])
    wait_for(monitor, zmq.EVENT_DISCONNECTED)
    return "delivered" if req.poll(0) else "not delivered"


def rep_delimiter():
    rep, endpoint = bound(zmq.REP)
    dealer = connected(zmq.DEALER, endpoint)
    dealer.send(b"no delimiter")
    dealer.send_multipart([b"", b"request"])
    return f"{quoted(rep.recv_multipart())} arrives"


def rep_no_frame():
    rep, endpoint = bound(zmq.REP)
    dealer = connected(zmq.DEALER, endpoint)
    dealer.send(b"")
    dealer.send_multipart([b"", b"request"])
    return f"{quoted(rep.recv_multipart())} arrives"


def rep_identity():
    # libzmq keeps the first client, and never answers the second.
    rep, endpoint = bound(zmq.REP)
    first = connected(zmq.REQ, endpoint, routing_id=b"meter")
    second = connected(zmq.REQ, endpoint, routing_id=b"meter")
    first.send(b"1")
    second.send(b"2")
    request = rep.recv()
    rep.send(b"reply to " + request)
    client = {b"1": first, b"2": second}[request]
    return "each client gets its own" if client.recv() == b"reply to " + request else "mixed up"


def buffer_free():
    rep, req = pair()
    req.send(b"request")
    rep.recv()
    buffer = bytearray(32 << 20)
    rep.send(buffer)
    buffer[-1] = ord("x")
    return "the change arrives" if req.recv()[-1] else "as sent"


def after_close():
    allowed = []
    for kind in [zmq.REQ, zmq.REP]:
        s, endpoint = bound(kind)
        s.close()
        for call in [lambda: s.bind("tcp://127.0.0.1:*"), lambda: s.connect(endpoint), lambda: s.send(b""), s.recv]:
            try:
                call()
                allowed.append("a call returns no error")
            except zmq.ZMQError as err:
                assert err.errno == zmq.ENOTSOCK
    return ", ".join(allowed) or "refused"


def bind_twice():
    rep, first = bound(zmq.REP)
    rep.bind("tcp://127.0.0.1:*")
    for endpoint in [first, first, first, rep.last_endpoint.decode()]:
        req = connected(zmq.REQ, endpoint)
        req.send(b"request")
        rep.send(rep.recv())
        req.recv()
    return "both endpoints answer"


def ipc_rebind():
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/socket"
        killed = socket.socket(socket.AF_UNIX)
        killed.bind(path)
        killed.close()  # the file stays
        rep = new(zmq.REP)
        rep.bind("ipc://" + path)
        req = connected(zmq.REQ, "ipc://" + path)
        req.send(b"the request")
        rep.send(rep.recv())
        return f"{req.recv().decode()} is answered"


def inproc_any_size():
    rep = new(zmq.REP)
    rep.bind("inproc://service")
    req = connected(zmq.REQ, "inproc://service")
    for size in [0, 1, 255, 256, 1 << 20]:
        req.send(b"x" * size)
        rep.send(rep.recv())
        got = len(req.recv())
        if got != size:
            return f"{got} bytes of {size} arrive"
    return "as sent"


def bind_forms():
    loopback = next(name for _, name in socket.if_nameindex() if name.startswith("lo"))
    forms = []
    for name, host in [("*", "*"), ("address", "127.0.0.1"), ("interface", loopback), ("host name", "localhost")]:
        try:
            new(zmq.REP).bind(f"tcp://{host}:*")
            forms.append(name)
        except zmq.ZMQError as err:
            assert err.errno == errno.ENODEV
    return ", ".join(forms)


def bind_all():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return "not run: no IPv6 here"
    _, endpoint = bound(zmq.REP, "tcp://*:*")
    port = int(endpoint.split(":")[-1])
    reach = []
    for name, host in [("IPv4", "127.0.0.1"), ("IPv6", "::1")]:
        try:
            socket.create_connection((host, port)).close()
            reach.append(name)
        except OSError:
            pass
    return " and ".join(reach)


def dealer_round_robin():
    (a, to_a), (b, to_b) = bound(zmq.ROUTER), bound(zmq.ROUTER)
    dealer = new(zmq.DEALER)
    monitor = dealer.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED)
    for endpoint in [to_a, to_b]:
        dealer.connect(endpoint)
        wait_for(monitor, zmq.EVENT_HANDSHAKE_SUCCEEDED)
    for text in [b"1", b"2", b"3", b"4", b"end", b"end"]:
        dealer.send(text)

    def received(s):
        texts = []
        while not texts or texts[-1] != "end":
            texts.append(s.recv_multipart()[1].decode())
        return "".join(texts[:-1])

    return f"A gets {received(a)}, B gets {received(b)}"


def connect_first():
    endpoint, holder = nobody()
    req = new(zmq.REQ)
    monitor = req.get_monitor_socket(zmq.EVENT_CONNECT_RETRIED)
    req.connect(endpoint)
    wait_for(monitor, zmq.EVENT_CONNECT_RETRIED)  # it has found nobody
    holder.close()
    rep, _ = bound(zmq.REP, endpoint)
    req.send(b"request")
    rep.send(rep.recv())
    req.recv()
    return "answered"


def reconnects():
    rep, endpoint = bound(zmq.REP)
    req = new(zmq.REQ)
    monitor = req.get_monitor_socket(zmq.EVENT_DISCONNECTED)
    req.connect(endpoint)
    for _ in range(2):
        req.send(b"request")
        rep.send(rep.recv())
        req.recv()
        rep.close()
        wait_for(monitor, zmq.EVENT_DISCONNECTED)
        rep, _ = bound(zmq.REP, endpoint)
    return "answered"


def whole():
    rep, endpoint = bound(zmq.REP)
    half = b"x" * (1 << 20)
    cut = connected(zmq.REQ, cutting(endpoint, 3 << 19))  # in the middle of the second half
    cut.send_multipart([half, half])
    for _ in range(10):
        req = connected(zmq.REQ, endpoint)
        req.send(b"next")
        if rep.recv() != b"next":
            return "a part arrives"
        rep.send(b"reply")
        req.recv()
    return "nothing of it arrives"


def cutting(endpoint, size):
    """Pass on the first bytes of what a client sends, and end the connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def copy(source, target, size):
        while size > 0 and (data := source.recv(min(size, 65536))):
            target.sendall(data)
            size -= len(data)

    def run():
        host, port = endpoint.removeprefix("tcp://").split(":")
        client, _ = listener.accept()
        service = socket.create_connection((host, int(port)))
        listener.close()
        threading.Thread(target=copy, args=(service, client, size), daemon=True).start()
        copy(client, service, size)
        service.shutdown(socket.SHUT_RDWR)
        client.shutdown(socket.SHUT_RDWR)

    threading.Thread(target=run, daemon=True).start()
    return f"tcp://127.0.0.1:{listener.getsockname()[1]}"


ROUNDS = 100


def close_request():
    rep, endpoint = bound(zmq.REP)
    for i in range(ROUNDS):
        req = connected(zmq.REQ, endpoint)
        req.send(str(i).encode())
        req.close()
    arrived = set()
    for _ in range(ROUNDS):
        arrived.add(rep.recv())
        rep.send(b"nobody waits for it")
    return f"{len(arrived)} of {ROUNDS} arrive"


def close_reply():
    arrived = 0
    for _ in range(ROUNDS):
        rep, req = pair()
        req.send(b"request")
        rep.recv()
        rep.send(b"reply")
        rep.close()
        arrived += req.recv() == b"reply"
    return f"{arrived} of {ROUNDS} arrive"


def one_owner():
    req = connected(zmq.REQ, serve())
    req.send(b"first")
    got = []

    def second():
        if refused(req.send, b"second"):
            got.append("refused")
        else:
            got.append("the second receives the reply to the " + req.recv().decode())

    thread = threading.Thread(target=second)
    thread.start()
    thread.join()
    return got[0]


def as_bytes():
    req = connected(zmq.REQ, serve())
    all_bytes = bytes(range(256))
    for sent in [all_bytes, all_bytes * 2048]:  # 256 bytes, 512 KiB
        req.send(sent)
        if req.recv_multipart() != [sent]:
            return "changed"
    return "as sent"


def quoted(frames):
    """Return the frames as Go's %q writes them."""
    return "[" + " ".join(f'"{frame.decode()}"' for frame in frames) + "]"


def empty_message():
    rep, req = pair()
    req.send(b"")
    request = rep.recv_multipart()
    rep.send(b"ok")
    return f"service gets {quoted(request)}, client gets {quoted(req.recv_multipart())}"


def empty_frames():
    rep, req = pair()
    req.send_multipart([b"Ada", b"", b"Lovelace"])
    return f"service gets {quoted(rep.recv_multipart())}"


def run(promise, outcomes):
    try:
        probe.context = zmq.Context()
        probe.context.rcvtimeo = 30_000  # milliseconds, so that no probe waits forever
        outcomes.put(f"{promise}\t{globals()[promise.replace('-', '_')]()}")
    except Exception:
        traceback.print_exc()
        outcomes.put(None)


outcomes = queue.Queue()
for promise in sys.argv[1:]:
    threading.Thread(target=run, args=(promise, outcomes), daemon=True).start()
failed = False
for _ in sys.argv[1:]:
    outcome = outcomes.get()
    if outcome is None:
        failed = True
    else:
        print(outcome, flush=True)
os._exit(failed)
