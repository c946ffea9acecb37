package guard

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

// Write gathers what zmq4 writes, a header or a body at a time, and sends each
// message whole.
func (c *conn) Write(p []byte) (int, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if !c.greeted { // this is zmq4's greeting, and we have sent ours
		c.greeted = true
		if !bytes.Equal(p, greeting) {
			return 0, c.fail(errors.New("cannot have a security mechanism other than NULL"))
		}
		return len(p), nil
	}

	var message net.Buffers
	if len(p) >= bufferSize && c.ends(len(p)) {
		message = net.Buffers{c.out, p} // a long body is not copied
	} else {
		c.out = append(c.out, p...)
		if !c.ends(0) {
			return len(p), nil
		}
		message = net.Buffers{c.out}
	}
	isCommand := c.out[0]&command != 0
	if err := c.send(message); err != nil {
		return 0, c.fail(err)
	}
	c.out, c.framed = c.out[:0], 0
	if cap(c.out) > bufferSize {
		c.out = nil
	}
	if c.home != nil && !isCommand {
		c.home.owe(c, -1)
	}
	return len(p), nil
}

// ends reports whether the gathered bytes and n more are a whole message.
func (c *conn) ends(n int) bool {
	for {
		h, ok := parseHeader(c.out[c.framed:])
		end := c.framed + h.len + int(h.size)
		if !ok || end > len(c.out)+n {
			return false
		}
		if h.flags&more == 0 {
			return true
		}
		if end > len(c.out) {
			return false
		}
		c.framed = end
	}
}

// patience is how long a write may take before it is left to a goroutine.
const patience = time.Millisecond

// send writes a whole message with one system call. What the peer does not
// take at once is left to a goroutine, so that nobody else waits for it: zmq4
// writes one reply at a time.
func (c *conn) send(message net.Buffers) error {
	if c.unsent.Load() == 0 {
		c.SetWriteDeadline(time.Now().Add(patience))
		_, err := message.WriteTo(c.Conn)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		go c.flush()
	}
	rest := bytes.Join(message, nil) // zmq4 may use its own again
	if c.queued > 0 && c.queued+len(rest) > c.limits.MaxUnsent {
		return fmt.Errorf("does not read what it is sent: MaxUnsent is %d", c.limits.MaxUnsent)
	}
	c.queue = append(c.queue, rest)
	c.queued += len(rest)
	c.unsent.Add(int64(len(rest)))
	return nil
}

// flush writes the queue, until there is no more.
func (c *conn) flush() {
	for left := int64(1); left > 0; {
		c.writing.Lock()
		queue := c.queue
		c.queue, c.queued = nil, 0
		c.writing.Unlock()

		c.SetWriteDeadline(time.Now().Add(c.limits.MessageTimeout))
		n, err := queue.WriteTo(c.Conn)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = fmt.Errorf("did not read within MessageTimeout, %v", c.limits.MessageTimeout)
		}
		if err != nil {
			c.fail(err)
			return
		}
		c.writing.Lock()
		left = c.unsent.Add(-n)
		c.writing.Unlock()
	}
}
