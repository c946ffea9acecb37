package guard

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The flags of a frame (https://rfc.zeromq.org/spec/23/).
const (
	more    = 1 // another frame of the message follows
	long    = 2 // the length takes eight bytes, not one
	command = 4 // not a message
)

const (
	bufferSize = 16 << 10
	maxCommand = 4 << 10
)

// A header begins a frame.
type header struct {
	flags byte
	len   int    // of the header itself, 2 or 9
	size  uint64 // of the frame's body
}

// parseHeader returns the header that b begins with, if all of it is there.
func parseHeader(b []byte) (h header, ok bool) {
	switch {
	case len(b) < 2:
		return header{}, false
	case b[0]&long == 0:
		return header{b[0], 2, uint64(b[1])}, true
	case len(b) < 9:
		return header{}, false
	default:
		return header{b[0], 9, binary.BigEndian.Uint64(b[1:])}, true
	}
}

// A reader stands between the wire and zmq4. It passes on messages alone, and
// looks at the header of each frame before zmq4 does: zmq4 makes room for as
// many bytes as a header says.
type reader struct {
	wire   *bufio.Reader
	limits *Limits
	peers  []string                // the socket types to shake hands with
	do     func(body string) error // carries out a command
	next   func() error            // reads what comes after head and body: greeting, READY, frame

	ready bool   // the peer's READY has come
	head  []byte // zmq4 gets this first,
	body  uint64 // and then so many bytes from the wire

	// The message so far.
	header    [9]byte // of its present frame
	last      bool    // no frame follows
	frames    int
	size      uint64
	delimiter bool // there was an empty frame
}

func newReader(wire io.Reader, limits *Limits) *reader {
	r := &reader{wire: bufio.NewReaderSize(wire, bufferSize), limits: limits, last: true}
	r.next = r.readGreeting
	return r
}

// Read reads what zmq4 may see.
func (r *reader) Read(p []byte) (n int, err error) {
	for err == nil && len(r.head) == 0 && r.body == 0 {
		err = r.next()
	}
	if err != nil {
		return 0, err
	}
	if len(r.head) > 0 {
		n = copy(p, r.head)
		r.head = r.head[n:]
		return n, nil
	}
	n, err = r.wire.Read(p[:min(uint64(len(p)), r.body)])
	r.body -= uint64(n)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// between reports whether zmq4 has read all of the last message, and the peer
// has not begun another.
func (r *reader) between() bool {
	return r.whole() && r.wire.Buffered() == 0
}

// whole reports whether zmq4 has read all of the last message.
func (r *reader) whole() bool {
	return r.last && len(r.head) == 0 && r.body == 0
}

// readFrame reads a command, or the header of a frame that it passes on.
func (r *reader) readFrame() error {
	if r.last {
		r.frames, r.size, r.delimiter = 0, 0, false
		if _, err := r.wire.Peek(1); err != nil {
			return err // a plain io.EOF: the peer has left
		}
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
		return r.do(body)
	}

	r.frames++
	r.delimiter = r.delimiter || h.size == 0
	r.last = h.flags&more == 0
	limit := uint64(r.limits.MaxMsgSize)
	switch {
	case h.size > limit || r.size+h.size > limit:
		return fmt.Errorf("sent a message with a frame of %d bytes: MaxMsgSize is %d", h.size, limit)
	case r.frames > r.limits.MaxFrames:
		return fmt.Errorf("sent a message of more than MaxFrames, %d", r.limits.MaxFrames)
	case r.last && !r.delimiter:
		// zmq4's REP would never reply, and we would always owe one.
		return errors.New("sent a message without the empty frame that ends its envelope")
	}
	r.size += h.size
	r.body = h.size
	b, err := r.wire.Peek(h.len)
	if err != nil {
		return err
	}
	r.head = append(r.header[:0], b...)
	return discard(r.wire, h.len)
}

// readHeader returns the next frame's header, and leaves it on the wire.
func (r *reader) readHeader() (header, error) {
	b, err := r.wire.Peek(2)
	h, ok := parseHeader(b)
	if err == nil && !ok {
		b, err = r.wire.Peek(9)
		h, ok = parseHeader(b)
	}
	switch {
	case err == io.EOF:
		return h, io.ErrUnexpectedEOF
	case err != nil:
		return h, err
	case h.flags&^(more|long|command) != 0 || h.flags&(more|command) == more|command:
		return h, fmt.Errorf("sent a frame with impossible flags, %#02x", h.flags)
	}
	return h, nil
}

// readCommand takes a command off the wire.
func (r *reader) readCommand(h header) (body string, err error) {
	if h.size > maxCommand {
		return "", fmt.Errorf("sent a command of %d bytes: no more than %d are allowed", h.size, maxCommand)
	}
	b, err := r.wire.Peek(h.len + int(h.size))
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return "", err
	}
	body = string(b[h.len:])
	return body, discard(r.wire, len(b))
}

// discard takes off the wire what was peeked at.
func discard(wire *bufio.Reader, n int) error {
	_, err := wire.Discard(n)
	return err
}
