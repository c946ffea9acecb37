package guard

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A writer gathers the headers and bodies that zmq4 writes, and sends each message
// in one piece (RFC 37, "Messages"). If the peer does not read fast enough, a
// goroutine writes the rest, so that the other peers do not wait: zmq4 writes one
// reply at a time.
type writer struct {
	conn   net.Conn
	raw    syscall.RawConn // of conn, or nil
	limits *Limits
	sent   func(messages int) // is called when messages have been written
	fail   func(error)

	mu      sync.Mutex // guards the following
	greeted bool
	message []byte // gathered so far
	framed  int    // where its last frame begins
	queue   batch  // what flush will write next

	writing atomic.Bool // flush is running; changed under mu only
}

// A batch is some messages and commands in a row.
type batch struct {
	bytes    []byte
	messages int
}

// write takes bytes from zmq4.
func (w *writer) write(p []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.greeted { // this is zmq4's greeting, and ours has been sent
		w.greeted = true
		if len(p) < len(greeting) || !bytes.Equal(p[12:], greeting[12:]) {
			return errors.New("only the NULL security mechanism is supported")
		}
		return nil
	}
	if len(p) < bufferSize || !w.ends(len(p)) { // a long body is not copied
		w.message = append(w.message, p...)
		p = nil
		if !w.ends(0) {
			return nil
		}
	}
	messages := 1
	if w.message[0]&command != 0 {
		messages = 0
	}
	err := w.send(messages, w.message, p)
	w.message, w.framed = w.message[:0], 0
	if cap(w.message) > bufferSize {
		w.message = nil
	}
	return err
}

// ends reports whether the gathered bytes and n more are a whole message.
func (w *writer) ends(n int) bool {
	for {
		h, ok := parseHeader(w.message[w.framed:])
		end := w.framed + h.len + int(h.size)
		switch {
		case !ok || end > len(w.message)+n:
			return false
		case h.flags&more == 0:
			return true
		case end > len(w.message):
			return false
		}
		w.framed = end
	}
}

// command sends a command.
func (w *writer) command(frame []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.send(0, frame)
}

// send writes as much as it can without blocking, and queues the rest.
func (w *writer) send(messages int, parts ...[]byte) error {
	if !w.writing.Load() {
		parts = writeAtOnce(w.raw, parts)
		if len(parts) == 0 {
			if messages > 0 {
				w.sent(messages)
			}
			return nil
		}
	}
	rest := bytes.Join(parts, nil) // zmq4 may reuse its buffer
	if n := len(w.queue.bytes); n > 0 && n+len(rest) > w.limits.MaxUnsent {
		return exceeds("MaxUnsent", fmt.Errorf("does not read what is sent to it: MaxUnsent is %d", w.limits.MaxUnsent))
	}
	if !w.writing.Load() {
		w.writing.Store(true)
		go w.flush(batch{rest, messages})
		return nil
	}
	w.queue.bytes = append(w.queue.bytes, rest...)
	w.queue.messages += messages
	return nil
}

// flush writes until nothing is queued.
func (w *writer) flush(b batch) {
	for len(b.bytes) > 0 {
		w.conn.SetWriteDeadline(time.Now().Add(w.limits.MessageTimeout))
		if _, err := w.conn.Write(b.bytes); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				err = exceeds("MessageTimeout", fmt.Errorf("did not read within MessageTimeout, %v", w.limits.MessageTimeout))
			}
			w.fail(err)
			return
		}
		w.mu.Lock()
		if b.messages > 0 {
			w.sent(b.messages)
		}
		b, w.queue = w.queue, batch{}
		w.writing.Store(len(b.bytes) > 0)
		w.mu.Unlock()
	}
}
