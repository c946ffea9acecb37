package guard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A conn is a connection for zmq4: a reader that checks what the peer sends, and
// a writer that does not wait for the peer.
type conn struct {
	net.Conn // the interface, so that zmq4 finds no other way to write
	limits   *Limits
	out      *writer
	events   events

	once  sync.Once // guards cause
	cause error     // why the connection ended
	ended atomic.Bool

	reading sync.Mutex // guards the following
	in      *reader
	away    *time.Timer // starts the background reader
	armed   bool        // whether away is running
}

// events are callbacks for the owner of a connection.
type events struct {
	request func()      // zmq4 has read a request
	replies func(n int) // n replies have been written to the peer
	close   func()      // zmq4 closes the connection
	end     func()      // the connection has ended
}

// newConn returns a connection to a peer of one of these socket types.
func newConn(raw net.Conn, limits *Limits, peers ...string) *conn {
	c := &conn{Conn: raw, limits: limits, events: events{func() {}, func(int) {}, func() {}, func() {}}}
	c.out = &writer{conn: raw, limits: limits,
		sent: func(n int) { c.events.replies(n) }, fail: func(err error) { c.fail(err) }}
	if sc, ok := raw.(syscall.Conn); ok {
		c.out.raw, _ = sc.SyscallConn()
	}
	c.in = newReader(newDeadlineReader(raw, limits), limits, peers...)
	c.in.command = c.command
	c.away = time.AfterFunc(time.Hour, c.readInBackground)
	c.away.Stop()
	return c
}

// fail ends the connection, and returns why it ended: the error of the first
// call.
func (c *conn) fail(err error) error {
	c.once.Do(func() {
		c.cause = err
		if err != io.EOF {
			e, ok := err.(*Error)
			if !ok {
				e = &Error{Err: err}
			}
			e.Peer = c.RemoteAddr()
			c.cause = e
		}
		c.ended.Store(true)
		c.Conn.Close()
		c.away.Stop()
		c.events.end()
		if err != io.EOF && !errors.Is(err, net.ErrClosed) {
			c.limits.Report(c.cause)
		}
	})
	return c.cause
}

// Close ends the connection.
func (c *conn) Close() error {
	c.events.close()
	c.fail(net.ErrClosed)
	return nil
}

// Write takes what zmq4 writes.
func (c *conn) Write(p []byte) (int, error) {
	if c.ended.Load() {
		return 0, c.fail(net.ErrClosed)
	}
	if err := c.out.write(p); err != nil {
		return 0, c.fail(err)
	}
	return len(p), nil
}

// Read reads for zmq4.
func (c *conn) Read(p []byte) (int, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	if c.armed {
		c.away.Stop()
		c.armed = false
	}
	n, err := c.in.Read(p)
	if err != nil {
		return n, c.fail(err)
	}
	if c.in.whole() {
		c.away.Reset(absence)
		c.armed = true
		if c.in.size > 0 {
			c.events.request()
		}
	}
	return n, nil
}

// absence is how long zmq4 may be away before the background reader starts.
const absence = 10 * time.Millisecond

// readInBackground reads while zmq4 does not: while its queue is full or, in a REQ
// socket, between two requests. It answers heartbeats and notices when the
// connection ends. It stops at the next message.
func (c *conn) readInBackground() {
	c.reading.Lock()
	defer c.reading.Unlock()
	for c.in.whole() {
		if err := c.in.next(); err != nil {
			c.fail(err)
			return
		}
	}
	c.in.wire.boundary(false) // the peer need not hurry: zmq4 does not read
}

// command answers PING with PONG (RFC 37, "Connection Heartbeating"), and
// ignores any other command.
func (c *conn) command(body string) error {
	ping, ok := strings.CutPrefix(body, "\x04PING")
	if !ok {
		return nil
	}
	if len(ping) < 2 || len(ping) > 2+16 { // a time to live, and a context
		return fmt.Errorf("sent a %d-byte PING", len(body))
	}
	c.in.expire(time.Duration(binary.BigEndian.Uint16([]byte(ping))) * time.Second / 10)
	pong := "\x04PONG" + ping[2:]
	return c.out.command(append([]byte{command, byte(len(pong))}, pong...))
}
