package guard

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A conn is what zmq4 has of a connection.
type conn struct {
	net.Conn // the interface, so that zmq4 finds no way to write but ours
	limits   *Limits
	home     *listener // nil if we have dialled
	release  func()    // called once, at the end
	once     sync.Once
	cause    error // of the end

	reading sync.Mutex // guards the following
	in      *reader
	end     time.Time   // of the handshake, or of the message that is being read
	absent  *time.Timer // runs while zmq4 does not read

	writing sync.Mutex // guards the following: see write.go
	greeted bool
	out     []byte
	framed  int
	queue   net.Buffers
	queued  int          // bytes in the queue
	unsent  atomic.Int64 // the same, and those that flush is writing

	// Guarded by home.mu:
	served bool
	known  bool      // it has had a reply
	owed   int       // requests without a reply
	quiet  time.Time // since when it has neither asked nor been answered, or been connected
	idle   *time.Timer
}

func newConn(raw net.Conn, limits *Limits, home *listener) *conn {
	c := &conn{Conn: raw, limits: limits, home: home, quiet: time.Now()}
	c.in = newReader(filler{c}, limits)
	c.in.do = c.do
	c.in.peers = []string{"REP", "ROUTER"}
	if home != nil {
		c.in.peers = []string{"REQ", "DEALER"}
		c.release = func() { home.forget(c) }
		c.idle = time.AfterFunc(limits.IdleTimeout, func() { home.endIdle(c) })
	}
	c.end = time.Now().Add(limits.HandshakeTimeout)
	c.absent = time.AfterFunc(time.Hour, c.standIn)
	c.absent.Stop()
	return c
}

// A peerError says which peer it was. It is also an io.EOF, the one error on
// which zmq4 always forgets a connection.
type peerError struct {
	peer net.Addr
	err  error
}

func (e *peerError) Error() string   { return fmt.Sprintf("guard: %v: %v", e.peer, e.err) }
func (e *peerError) Unwrap() []error { return []error{e.err, io.EOF} }

// fail ends the connection. It returns why the connection has ended, which is
// what the first to call it said.
func (c *conn) fail(err error) error {
	c.once.Do(func() {
		c.cause = err
		if err != io.EOF {
			c.cause = &peerError{c.RemoteAddr(), err}
		}
		c.Conn.Close()
		c.absent.Stop()
		c.release()
		if err != io.EOF && !errors.Is(err, net.ErrClosed) {
			c.limits.Report(c.cause)
		}
	})
	return c.cause
}

// Close ends the connection. If its socket closes, all of them end together.
func (c *conn) Close() error {
	if c.home != nil && c.home.ctx.Err() != nil {
		c.home.closeAll()
	}
	c.fail(net.ErrClosed)
	return nil
}

// Read reads for zmq4.
func (c *conn) Read(p []byte) (int, error) {
	c.absent.Stop()
	c.reading.Lock()
	defer c.reading.Unlock()
	n, err := c.in.Read(p)
	if err == io.EOF && !c.in.between() {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return n, c.fail(err)
	}
	if c.in.ready && c.in.whole() {
		c.end = time.Time{}
		c.absent.Reset(absence)
		if c.home != nil && c.in.size > 0 {
			c.home.owe(c, 1)
		}
	}
	return n, nil
}

// A filler fills the reader's buffer.
type filler struct{ *conn }

// Read waits for the peer, but no longer than it may.
func (c filler) Read(p []byte) (int, error) {
	limit, name := c.limits.HandshakeTimeout, "HandshakeTimeout"
	if c.in.ready {
		limit, name = c.limits.MessageTimeout, "MessageTimeout"
		if c.in.between() {
			c.end = time.Time{} // there is no message yet
		} else if c.end.IsZero() {
			c.end = time.Now().Add(limit)
		}
	}
	c.SetReadDeadline(c.end)
	n, err := c.Conn.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = fmt.Errorf("took longer than %s, %v", name, limit)
	}
	return n, err
}

// absence is how long zmq4 may be away before we stand in for it.
const absence = 10 * time.Millisecond

// standIn reads in place of zmq4, which does not read while its queue is full
// or, in a REQ, while nobody calls Recv. So it answers heartbeats, and notices
// when the peer leaves. It stops at the next message.
func (c *conn) standIn() {
	c.reading.Lock()
	defer c.reading.Unlock()
	for c.in.whole() {
		if err := c.in.next(); err != nil {
			c.fail(err)
			return
		}
	}
	c.end = time.Time{} // that zmq4 is away is not the peer's fault
}

// do carries out a command. It answers PING, a heartbeat, with PONG
// (https://rfc.zeromq.org/spec/37/), and takes no notice of any other.
func (c *conn) do(body string) error {
	ping, ok := strings.CutPrefix(body, "\x04PING")
	if !ok {
		return nil
	}
	if len(ping) < 2 || len(ping) > 2+16 { // a time to live, and a context
		return fmt.Errorf("sent a PING of %d bytes", len(body))
	}
	pong := "\x04PONG" + ping[2:]
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.send(net.Buffers{{command, byte(len(pong))}, []byte(pong)})
}
