package main

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/zmtptest"
)

// patience is how long a test waits for something that should happen immediately.
const patience = time.Minute

func listen(t *testing.T) (l net.Listener, endpoint string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, "tcp://" + l.Addr().String()
}

// accept accepts the client's next connection and sends nothing.
func accept(t *testing.T, l net.Listener) *zmtptest.Peer {
	t.Helper()
	l.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return zmtptest.NewPeer(conn)
}

// server accepts the client's next connection and completes the handshake as a
// REP socket.
func server(t *testing.T, l net.Listener) *zmtptest.Peer {
	t.Helper()
	p := accept(t, l)
	if err := p.Handshake("REP"); err != nil {
		t.Fatal(err)
	}
	return p
}

func expect(t *testing.T, p *zmtptest.Peer, request string) {
	t.Helper()
	if err := p.Expect("", request); err != nil { // "" is the delimiter
		t.Fatal(err)
	}
}

func send(t *testing.T, p *zmtptest.Peer, bytes ...[]byte) {
	t.Helper()
	for _, b := range bytes {
		if _, err := p.Write(b); err != nil {
			t.Fatal(err)
		}
	}
}

// closed waits until the client has closed the connection.
func closed(t *testing.T, p *zmtptest.Peer) {
	t.Helper()
	if _, err := io.Copy(io.Discard, p); err != nil {
		t.Errorf("the client did not close the connection: %v", err)
	}
}

func await[T any](t *testing.T, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		t.Fatal("timed out")
		panic("unreachable")
	}
}

type result struct {
	reply string
	err   error
}

func (r result) check(t *testing.T, reply, failure string) {
	t.Helper()
	if r.reply != reply || (r.err == nil) != (failure == "") || r.err != nil && !strings.Contains(r.err.Error(), failure) {
		t.Errorf("got the reply %q and the error %v, want %q and %q", r.reply, r.err, reply, failure)
	}
}

// start sends the request in the background.
func start(ctx context.Context, c *client, request string) <-chan result {
	done := make(chan result, 1)
	go func() {
		reply, err := c.ask(ctx, request)
		done <- result{reply, err}
	}()
	return done
}

// The client keeps its connection as long as it gets replies, and opens a new
// one after a failure.
func TestConnections(t *testing.T) {
	l, endpoint := listen(t)
	c := &client{endpoint: endpoint, timeout: patience, tries: 2}
	t.Cleanup(c.close)

	done := start(t.Context(), c, "first")
	p := server(t, l)
	expect(t, p, "first")
	send(t, p, zmtptest.Message("reply 1"))
	await(t, done).check(t, "reply 1", "")

	done = start(t.Context(), c, "second")
	expect(t, p, "second") // on the same connection
	send(t, p, zmtptest.Message("reply 2"))
	await(t, done).check(t, "reply 2", "")

	done = start(t.Context(), c, "third")
	expect(t, p, "third")
	p.Close()
	p = server(t, l)
	expect(t, p, "third")
	send(t, p, zmtptest.Message("reply 3"))
	await(t, done).check(t, "reply 3", "")
}

// The client does not mistake a late reply for the reply to its next request.
func TestLateReply(t *testing.T) {
	rep := zmq4.NewRep(t.Context())
	defer rep.Close()
	if err := rep.Listen("tcp://127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	c := &client{endpoint: "tcp://" + rep.Addr().String(), timeout: patience, tries: 1}
	defer c.close()

	ctx, giveUp := context.WithCancel(t.Context())
	done := start(ctx, c, "World")
	if _, err := rep.Recv(); err != nil {
		t.Fatal(err)
	}
	giveUp()
	await(t, done).check(t, "", "interrupted")
	go func() {
		rep.Send(zmq4.NewMsgString("Hello, World!")) // late
		rep.Recv()
		rep.Send(zmq4.NewMsgString("Hello, Gophers!"))
	}()
	await(t, start(t.Context(), c, "Gophers")).check(t, "Hello, Gophers!", "")
}

// A try that fails says why, and leaves no connection or goroutine behind.
func TestGiveUp(t *testing.T) {
	tests := []struct {
		name  string
		serve func(t *testing.T, l net.Listener) *zmtptest.Peer
		want  string
	}{
		{"no handshake", accept, "gave up: no handshake"},
		{"no reply", func(t *testing.T, l net.Listener) *zmtptest.Peer {
			p := server(t, l)
			expect(t, p, "World")
			return p
		}, "gave up"},
		{"last failure", func(t *testing.T, l net.Listener) *zmtptest.Peer {
			p := accept(t, l)
			io.ReadFull(p, make([]byte, 64)) // otherwise Close would reset the connection
			p.Close()
			return accept(t, l)
		}, "gave up: zmq4: could not open a ZMTP connection"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l, endpoint := listen(t)
			c := &client{endpoint: endpoint, timeout: patience}
			for range 3 {
				ctx, giveUp := context.WithCancelCause(t.Context())
				done := make(chan error, 1)
				go func() {
					_, err := c.try(ctx, "World")
					done <- err
				}()
				p := test.serve(t, l)
				giveUp(errors.New("gave up"))
				result{"", await(t, done)}.check(t, "", test.want)
				closed(t, p)
			}
			for deadline := time.Now().Add(patience); goroutines("zmq4.") > 0; runtime.Gosched() {
				if time.Now().After(deadline) {
					t.Fatalf("%d goroutines are still in zmq4", goroutines("zmq4."))
				}
			}
		})
	}
}

// goroutines returns the number of goroutines that are in a function of the package.
func goroutines(pkg string) (n int) {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for stack := range strings.SplitSeq(string(stacks), "\n\n") {
		if strings.Contains(stack, pkg) {
			n++
		}
	}
	return n
}

// A published port or a tunnel accepts connections and closes them while there is
// no server behind it. The client waits for the server until the timeout anyway.
func TestForwarder(t *testing.T) {
	t.Parallel()
	l, endpoint := listen(t)
	c := &client{endpoint: endpoint, timeout: patience, tries: 1}
	t.Cleanup(c.close)
	done := start(t.Context(), c, "World")
	for range 4 {
		accept(t, l).Close()
	}
	p := server(t, l)
	expect(t, p, "World")
	send(t, p, zmtptest.Message("Hello, World!"))
	await(t, done).check(t, "Hello, World!", "")
}

// A server with heartbeats sends PINGs, and closes the connection if it gets no
// PONG.
func TestHeartbeats(t *testing.T) {
	ping := zmtptest.Frame(zmtptest.Command, "\x04PING\x00\x03")
	t.Run("reply in time", func(t *testing.T) {
		l, endpoint := listen(t)
		c := &client{endpoint: endpoint, timeout: patience, tries: 1}
		t.Cleanup(c.close)
		done := start(t.Context(), c, "World")
		p := server(t, l)
		expect(t, p, "World")
		send(t, p, ping, ping, zmtptest.Message("Hello, World!"))
		await(t, done).check(t, "Hello, World!", "")
	})
	t.Run("reply too late", func(t *testing.T) {
		l, endpoint := listen(t)
		c := &client{endpoint: endpoint, timeout: patience, tries: 1000}
		done := start(t.Context(), c, "World")
		for range 2 { // the first connection could have been idle
			p := server(t, l)
			expect(t, p, "World")
			send(t, p, ping)
			p.Close()
		}
		await(t, done).check(t, "", "the server wants heartbeats (see lesson 07)")
	})
}

// After a permanent error, the client does not try again.
func TestPermanent(t *testing.T) {
	for want, reply := range map[string][][]byte{
		"a reply is one frame, not 2": {zmtptest.Frame(zmtptest.More, ""), zmtptest.Frame(zmtptest.More, "Hello"), zmtptest.Frame(0, "World")},
		"the reply is empty":          {zmtptest.Frame(0, "")}, // the delimiter alone, which zmq4 does not remove
	} {
		l, endpoint := listen(t)
		done := start(t.Context(), &client{endpoint: endpoint, timeout: patience, tries: 1000}, "World")
		p := server(t, l)
		expect(t, p, "World")
		send(t, p, reply...)
		await(t, done).check(t, "", want)
	}
	for endpoint, want := range map[string]string{
		"127.0.0.1:5555":        "zmq4: invalid address",
		"http://127.0.0.1:5555": `zmq4: unknown transport "http"`,
		"tcp://127.0.0.1":       "address 127.0.0.1: missing port in address",
	} {
		c := &client{endpoint: endpoint, timeout: patience, tries: 1000}
		_, err := c.ask(t.Context(), "World")
		if !errors.As(err, new(permanent)) {
			t.Errorf("%s: the error %v is not permanent", endpoint, err)
		}
		result{"", err}.check(t, "", want)
	}
}
