package guard

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// The flags of a frame (RFC 37, "Framing").
const (
	more    = 1 // another frame of the message follows
	long    = 2 // the size takes eight bytes instead of one
	command = 4 // the frame is a command, not part of a message
)

const (
	bufferSize = 16 << 10
	maxCommand = 4 << 10
	frameCost  = 64 // roughly how many bytes zmq4 needs for an empty frame
)

// A header begins a frame (RFC 37, "Framing").
type header struct {
	flags byte
	len   int    // of the header itself, 2 or 9
	size  uint64 // of the body
}

// parseHeader returns the header that b begins with, if all of it is there.
func parseHeader(b []byte) (h header, ok bool) {
	switch {
	case len(b) < 2 || b[0]&long != 0 && len(b) < 9:
		return header{}, false
	case b[0]&long != 0:
		return header{b[0], 9, binary.BigEndian.Uint64(b[1:])}, true
	default:
		return header{b[0], 2, uint64(b[1])}, true
	}
}

// A reader passes to zmq4 a handshake and then only messages (RFC 37, "Formal
// Grammar"). It checks each header before zmq4 sees it, because zmq4 allocates as
// many bytes as the header says.
type reader struct {
	wire    *deadlineReader
	in      *bufio.Reader // of the wire
	limits  *Limits
	peers   []string                // the socket types to accept
	command func(body string) error // executes a command

	next  func() error // reads what follows head and pass
	head  []byte       // zmq4 gets this,
	pass  uint64       // and then this many bytes from the wire
	ready bool         // READY has been read

	// About the message that is being read:
	size      uint64 // so far, with frameCost for each frame
	delimiter bool   // one of its frames is empty
	last      bool   // this frame is its last
}

func newReader(wire *deadlineReader, limits *Limits, peers ...string) *reader {
	r := &reader{wire: wire, in: bufio.NewReaderSize(wire, bufferSize), limits: limits, peers: peers, last: true}
	r.next = r.readGreeting
	return r
}

func (r *reader) Read(p []byte) (n int, err error) {
	for len(r.head) == 0 && r.pass == 0 {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	if len(r.head) > 0 {
		n = copy(p, r.head)
		r.head = r.head[n:]
		return n, nil
	}
	n, err = r.in.Read(p[:min(uint64(len(p)), r.pass)])
	r.pass -= uint64(n)
	return n, err
}

// whole reports whether zmq4 has read all of a message, or of the handshake.
func (r *reader) whole() bool { return r.ready && r.last && len(r.head) == 0 && r.pass == 0 }

// readFrame executes a command, or lets a frame pass.
func (r *reader) readFrame() error {
	if r.last {
		r.wire.boundary(r.in.Buffered() == 0)
	}
	h, err := r.readHeader()
	if err != nil {
		return err
	}
	if h.flags&command != 0 {
		body, err := r.readCommand(h)
		if err != nil {
			return err
		}
		return r.command(body)
	}

	if r.last {
		r.size, r.delimiter = 0, false
	}
	limit := uint64(r.limits.MaxMsgSize)
	if h.size > limit {
		return exceeds("MaxMsgSize", fmt.Errorf("sent a frame of %d bytes: MaxMsgSize is %d", h.size, limit))
	}
	if r.size += h.size + frameCost; r.size > limit {
		return exceeds("MaxMsgSize", fmt.Errorf("sent a message of %d bytes or more, counting 64 for each frame: MaxMsgSize is %d", r.size, limit))
	}
	r.delimiter = r.delimiter || h.size == 0
	r.last = h.flags&more == 0
	if r.last && !r.delimiter { // zmq4's REP would never reply to it
		return errors.New("sent a message without the empty frame that ends its envelope")
	}
	r.pass = uint64(h.len) + h.size
	return nil
}

// expire ends the connection unless the peer sends something within its time to
// live, if that is not 0. If something is buffered, it has already done so.
func (r *reader) expire(timeToLive time.Duration) {
	if timeToLive > 0 && r.in.Buffered() == 0 {
		r.wire.timeToLive, r.wire.expires = timeToLive, time.Now().Add(timeToLive)
	}
}

// readHeader returns the next header, and leaves it on the wire.
func (r *reader) readHeader() (h header, err error) {
	b, err := r.in.Peek(2)
	if err == nil && b[0]&long != 0 {
		b, err = r.in.Peek(9)
	}
	if err != nil {
		return h, err
	}
	h, _ = parseHeader(b)
	if h.flags&^(more|long|command) != 0 || h.flags&(more|command) == more|command {
		return h, fmt.Errorf("sent a frame with invalid flags, %#02x", h.flags)
	}
	return h, nil
}

// readCommand reads a command from the wire.
func (r *reader) readCommand(h header) (body string, err error) {
	if h.size > maxCommand {
		return "", fmt.Errorf("sent a command of %d bytes: %d are allowed", h.size, maxCommand)
	}
	b, err := r.in.Peek(h.len + int(h.size))
	if err != nil {
		return "", err
	}
	r.in.Discard(len(b))
	return string(b[h.len:]), nil
}
