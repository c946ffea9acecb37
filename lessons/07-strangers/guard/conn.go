package guard

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	// A write that takes longer than this is left to a goroutine.
	patience = time.Millisecond

	// When zmq4 has not read for this long, we read in its place.
	absence = 10 * time.Millisecond
)

// A conn is what zmq4 reads and writes. It keeps the deadlines, and writes
// whole messages.
type conn struct {
	net.Conn // the interface, so that zmq4 finds no other way to write than ours
	limits   *Limits
	home     *listener // nil if we have dialled
	release  func()    // called once, at the end
	once     sync.Once
	cause    error // of the end

	reading sync.Mutex // guards the following
	in      *reader
	open    bool      // zmq4 has read READY
	end     time.Time // of a handshake, or of the message being read
	absent  *time.Timer

	writing sync.Mutex // guards the following
	greeted bool       // zmq4 has written its greeting
	out     []byte     // what zmq4 has written of a message
	framed  int        // so much of it is whole frames
	queue   net.Buffers
	unsent  int // bytes in the queue or on their way; if there are any, flush runs

	// Guarded by home.mu.
	served bool
	owed   int // requests without a reply
	quiet  time.Time
}

func newConn(raw net.Conn, limits *Limits, home *listener) *conn {
	c := &conn{Conn: raw, limits: limits, home: home}
	c.in = newReader(readFunc(c.fill), limits)
	c.in.do = c.do
	c.in.peers = []string{"REP", "ROUTER"}
	if home != nil {
		c.in.peers = []string{"REQ", "DEALER"}
		c.release = func() { home.forget(c) }
	}
	c.end = time.Now().Add(limits.HandshakeTimeout)
	c.absent = time.AfterFunc(time.Hour, c.standIn)
	c.absent.Stop()
	return c
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// A peerError says which peer a connection was to. For zmq4 it is an io.EOF:
// that is the one error on which it surely forgets a connection.
type peerError struct {
	peer net.Addr
	err  error
}

func (e *peerError) Error() string   { return fmt.Sprintf("guard: %v: %v", e.peer, e.err) }
func (e *peerError) Unwrap() []error { return []error{e.err, io.EOF} }

// fail ends the connection, and returns why it has ended: what the first to
// call it said.
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

// Close ends the connection. If its socket closes, it first waits for replies
// that are under way: zmq4's REP hands them to a goroutine.
func (c *conn) Close() error {
	for c.busy() && time.Now().Before(c.home.deadline()) {
		time.Sleep(time.Millisecond)
	}
	c.fail(net.ErrClosed)
	return nil
}

func (c *conn) busy() bool {
	if c.home == nil || c.home.ctx.Err() == nil || c.home.gone(c) {
		return false
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.unsent > 0 || c.home.owes(c)
}

// Read reads what zmq4 may see: see reader.
func (c *conn) Read(p []byte) (int, error) {
	c.absent.Stop()
	c.reading.Lock()
	defer c.reading.Unlock()
	n, err := c.in.Read(p)
	if err != nil {
		return n, c.fail(err)
	}
	if c.in.whole() && c.in.ready {
		if c.open && c.home != nil {
			c.home.owe(c, 1)
		}
		c.open = true
		c.end = time.Time{}
		c.absent.Reset(absence)
	}
	return n, nil
}

// fill waits for bytes from the peer, no longer than it may.
func (c *conn) fill(p []byte) (int, error) {
	limit, name := c.limits.HandshakeTimeout, "HandshakeTimeout"
	if c.in.ready {
		limit, name = c.limits.MessageTimeout, "MessageTimeout"
		if c.in.between() {
			c.end = time.Time{}
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

// standIn reads on when zmq4 does not, because its queue is full or because
// nobody has called Recv. So heartbeats are answered, and the end of the
// connection is noticed. It stops at the next message.
func (c *conn) standIn() {
	c.reading.Lock()
	defer c.reading.Unlock()
	for c.in.whole() {
		if err := c.in.next(); err != nil {
			c.fail(err)
			return
		}
	}
	c.end = time.Time{} // zmq4's absence is not the peer's fault
}

// do carries out a command. It answers PING, a heartbeat, with PONG
// (https://rfc.zeromq.org/spec/37/), and ignores all others.
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
	return c.send([]byte{command, byte(len(pong))}, []byte(pong))
}

// greet sends our greeting.
func (c *conn) greet() error {
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.send(greeting)
}

// Write gathers what zmq4 writes in pieces, and sends each message whole.
func (c *conn) Write(p []byte) (int, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := c.gather(p); err != nil {
		return 0, c.fail(err)
	}
	return len(p), nil
}

func (c *conn) gather(p []byte) error {
	if !c.greeted {
		c.greeted = true // and we have sent ours
		if !bytes.Equal(p, greeting) {
			return errors.New("cannot have another security mechanism than NULL")
		}
		return nil
	}

	// A long body that ends a message is sent from where it is.
	h, ok := parseHeader(c.out[c.framed:])
	if ok && h.flags&more == 0 && len(p) >= bufferSize && uint64(len(p)) == h.size && len(c.out) == c.framed+h.len {
		return c.sendMessage(h, c.out, p)
	}

	c.out = append(c.out, p...)
	for {
		h, ok := parseHeader(c.out[c.framed:])
		if !ok || uint64(len(c.out)-c.framed-h.len) < h.size {
			return nil // there is more to come
		}
		c.framed += h.len + int(h.size)
		if h.flags&more == 0 {
			return c.sendMessage(h, c.out)
		}
	}
}

func (c *conn) sendMessage(h header, parts ...[]byte) error {
	err := c.send(parts...)
	c.out, c.framed = c.out[:0], 0
	if cap(c.out) > bufferSize {
		c.out = nil
	}
	if c.home != nil && h.flags&command == 0 {
		c.home.owe(c, -1)
	}
	return err
}

// send writes a whole message or command with one system call. What a
// listener's peer does not take at once is left to a goroutine, so that the
// replies to others do not wait for it. A dialled connection has time: its
// user waits, and nobody else.
func (c *conn) send(parts ...[]byte) error {
	bufs := net.Buffers(parts)
	if c.unsent == 0 {
		wait := patience
		if c.home == nil {
			wait = c.limits.MessageTimeout
		}
		c.SetWriteDeadline(time.Now().Add(wait))
		_, err := bufs.WriteTo(c.Conn)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		if c.home == nil {
			return fmt.Errorf("took longer than MessageTimeout, %v", wait)
		}
		go c.flush()
	}
	rest := bytes.Join(bufs, nil)
	if c.unsent > 0 && c.unsent+len(rest) > c.limits.MaxUnsent {
		return fmt.Errorf("does not read its replies: MaxUnsent is %d", c.limits.MaxUnsent)
	}
	c.queue = append(c.queue, rest)
	c.unsent += len(rest)
	return nil
}

// flush sends the queue, and ends when it is empty.
func (c *conn) flush() {
	for {
		c.writing.Lock()
		bufs := c.queue
		c.queue = nil
		c.writing.Unlock()

		c.SetWriteDeadline(time.Now().Add(c.limits.MessageTimeout))
		n, err := bufs.WriteTo(c.Conn)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = fmt.Errorf("did not read its replies within MessageTimeout, %v", c.limits.MessageTimeout)
		}
		if err != nil {
			c.fail(err)
		}

		c.writing.Lock()
		c.unsent -= int(n)
		done := c.unsent == 0 || err != nil
		c.writing.Unlock()
		if done {
			return
		}
	}
}
