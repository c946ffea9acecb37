package guard

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// A deadlineReader reads from a peer, with a deadline for the handshake, for each
// message, and for the next byte after a PING (RFC 37, "Connection
// Heartbeating").
type deadlineReader struct {
	conn   net.Conn
	limits *Limits

	inHandshake bool // it is not complete
	between     bool // the next byte begins a message or a command
	end         time.Time
	set         time.Time // the connection's read deadline

	timeToLive time.Duration // of the last PING, and
	expires    time.Time     // when it will be over, or zero

	idle atomic.Bool // it waits for the first byte of a message
}

func newDeadlineReader(conn net.Conn, limits *Limits) *deadlineReader {
	return &deadlineReader{conn: conn, limits: limits, inHandshake: true, end: time.Now().Add(limits.HandshakeTimeout)}
}

// boundary notes that a message has been read, and whether the next byte begins
// another one.
func (d *deadlineReader) boundary(between bool) {
	d.inHandshake, d.between, d.end = false, between, time.Time{}
}

func (d *deadlineReader) Read(p []byte) (int, error) {
	between := d.between
	if between {
		d.end = d.expires
	} else if d.end.IsZero() {
		d.end = time.Now().Add(d.limits.MessageTimeout)
	}
	if d.end != d.set {
		d.set = d.end
		d.conn.SetReadDeadline(d.end)
	}
	d.idle.Store(between)
	n, err := d.conn.Read(p)
	d.idle.Store(false)
	if n > 0 && between {
		d.between, d.end, d.expires = false, time.Time{}, time.Time{}
	}
	switch late := errors.Is(err, os.ErrDeadlineExceeded); {
	case late && between:
		err = fmt.Errorf("sent nothing for %v, the time to live of its PING", d.timeToLive)
	case late && d.inHandshake:
		err = exceeds("HandshakeTimeout", fmt.Errorf("did not complete its handshake within HandshakeTimeout, %v", d.limits.HandshakeTimeout))
	case late:
		err = exceeds("MessageTimeout", fmt.Errorf("did not complete its message within MessageTimeout, %v", d.limits.MessageTimeout))
	case err == io.EOF && !between && !d.inHandshake:
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
