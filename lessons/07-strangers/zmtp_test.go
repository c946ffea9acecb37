package strangers_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"
)

// What a peer sends, written out by hand. The protocol is ZMTP 3,
// https://rfc.zeromq.org/spec/23/.

// The flags of a frame.
const (
	more    = 1
	long    = 2
	command = 4
)

// greeting is the first 64 bytes of a peer that speaks ZMTP 3.
func greeting(mechanism string) []byte {
	b := make([]byte, 64)
	copy(b, "\xff\x00\x00\x00\x00\x00\x00\x00\x00\x7f\x03\x00"+mechanism)
	return b
}

// frame is a header and a body.
func frame(flags byte, body string) []byte {
	if len(body) < 256 {
		return append([]byte{flags, byte(len(body))}, body...)
	}
	return append(header(flags, uint64(len(body))), body...)
}

// header is that of a long frame.
func header(flags byte, size uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{flags | long}, size)
}

// property is a name and a value, as READY has them.
func property(name, value string) string {
	return string(byte(len(name))) + name + string(binary.BigEndian.AppendUint32(nil, uint32(len(value)))) + value
}

// ready is the command that ends the handshake.
func ready(properties string) []byte { return frame(command, "\x05READY"+properties) }

// handshake is all that a peer says before its first message.
func handshake(socketType string) []byte {
	return append(greeting("NULL"), ready(property("Socket-Type", socketType))...)
}

// request is a message as a REQ socket sends it: an empty frame comes first.
func request(body string) []byte { return append(frame(more, ""), frame(0, body)...) }

// A peer is a client that behaves, on a TCP connection of its own.
type peer struct {
	net.Conn
	in *bufio.Reader
}

func newPeer(conn net.Conn) peer { return peer{conn, bufio.NewReader(conn)} }

// shake shakes hands, and leaves the deadline on the connection.
func (p peer) shake(socketType string, wait time.Duration) error {
	p.SetDeadline(time.Now().Add(wait))
	if _, err := p.Write(handshake(socketType)); err != nil {
		return err
	}
	if _, err := p.in.Discard(64); err != nil {
		return fmt.Errorf("no greeting: %w", err)
	}
	if _, err := p.frame(); err != nil {
		return fmt.Errorf("no READY: %w", err)
	}
	return nil
}

// frame reads the body of a frame.
func (p peer) frame() ([]byte, error) {
	head, err := p.in.Peek(2)
	if err != nil {
		return nil, err
	}
	flags, size := head[0], uint64(head[1])
	p.in.Discard(2)
	if flags&long != 0 {
		rest := make([]byte, 7)
		if _, err := io.ReadFull(p.in, rest); err != nil {
			return nil, err
		}
		size = binary.BigEndian.Uint64(append([]byte{byte(size)}, rest...))
	}
	body := make([]byte, size)
	_, err = io.ReadFull(p.in, body)
	return body, err
}

// ask sends a name, and fails unless its greeting comes back in time.
func (p peer) ask(name string, wait time.Duration) error {
	p.SetDeadline(time.Now().Add(wait))
	if _, err := p.Write(request(name)); err != nil {
		return err
	}
	return p.expect("", "Hello, "+name+"!")
}

// expect reads frames, and fails unless they are these.
func (p peer) expect(frames ...string) error {
	for _, want := range frames {
		if got, err := p.frame(); err != nil || string(got) != want {
			return fmt.Errorf("got %q and the error %v, want %q", got, err, want)
		}
	}
	return nil
}
