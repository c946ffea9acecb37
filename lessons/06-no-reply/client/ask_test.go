package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
)

// patience is how long a test waits for something that should come at once.
const patience = time.Minute

// A peer is the other end of ask's connection, which a test holds in its hands.
type peer struct {
	t *testing.T
	net.Conn
	r   *bufio.Reader
	zmq *zmq4.Conn // after the handshake
}

// accept takes the next connection, sees that the client has begun to shake
// hands, and says nothing.
func accept(t *testing.T, l net.Listener) *peer {
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	p := &peer{t: t, Conn: conn, r: bufio.NewReader(conn)}
	if _, err := p.r.Peek(1); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *peer) Read(b []byte) (int, error) { return p.r.Read(b) }

// shakeHands makes the peer a REP socket.
func (p *peer) shakeHands() {
	var err error
	if p.zmq, err = zmq4.Open(p, null.Security(), zmq4.Rep, nil, true, nil); err != nil {
		p.t.Fatal(err)
	}
}

// request receives the next request.
func (p *peer) request() string {
	msg, err := p.zmq.RecvMsg()
	if err != nil {
		p.t.Fatal(err)
	}
	return string(msg.Frames[1]) // after the empty frame
}

// gone waits until the client has closed the connection, and fails the test
// if a request comes instead.
func (p *peer) gone() {
	if msg, err := p.zmq.RecvMsg(); !errors.Is(err, io.EOF) {
		p.t.Errorf("got the message %v and the error %v, want EOF", msg, err)
	}
}

func listen(t *testing.T) (l net.Listener, endpoint string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, "tcp://" + l.Addr().String()
}

// start asks in the background. The test ends the context, and waits for ask.
func start(t *testing.T, endpoint, request string) (giveUp func() error) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := ask(ctx, endpoint, request)
		done <- err
	}()
	return func() error {
		cancel()
		select {
		case err := <-done:
			return err
		case <-time.After(patience):
			t.Fatal("ask still waits")
			return nil
		}
	}
}

// While ask waits for a reply, the end of the context closes the socket.
func TestNoReply(t *testing.T) {
	l, endpoint := listen(t)
	giveUp := start(t, endpoint, "World")
	server := accept(t, l)
	server.shakeHands()
	if got := server.request(); got != "World" {
		t.Errorf("the server received %q", got)
	}
	if err := giveUp(); !errors.Is(err, context.Canceled) {
		t.Errorf("got the error %v", err)
	}
	server.gone()
}

// A server that takes the connection and hangs does not hold ask up. If it
// wakes up, it gets no request: nobody waits for the reply.
func TestNoHandshake(t *testing.T) {
	l, endpoint := listen(t)
	giveUp := start(t, endpoint, "World")
	server := accept(t, l)
	if err := giveUp(); !errors.Is(err, context.Canceled) {
		t.Errorf("got the error %v", err)
	}
	server.shakeHands()
	server.gone()
}

// Nobody listens.
func TestNoServer(t *testing.T) {
	l, endpoint := listen(t)
	l.Close()
	if err := start(t, endpoint, "World")(); !errors.Is(err, context.Canceled) {
		t.Errorf("got the error %v", err)
	}
}

// The reply to a request that was given up is not taken for the reply to the
// next one.
func TestLateReply(t *testing.T) {
	rep := zmq4.NewRep(t.Context())
	defer rep.Close()
	if err := rep.Listen("tcp://127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	endpoint := "tcp://" + rep.Addr().String()

	giveUp := start(t, endpoint, "World")
	if _, err := rep.Recv(); err != nil {
		t.Fatal(err)
	}
	giveUp()
	go func() {
		rep.Send(zmq4.NewMsgString("Hello, World!")) // late
		rep.Recv()
		rep.Send(zmq4.NewMsgString("Hello, Gophers!"))
	}()
	reply, err := ask(t.Context(), endpoint, "Gophers")
	if err != nil || reply != "Hello, Gophers!" {
		t.Errorf("got %q and the error %v", reply, err)
	}
}
