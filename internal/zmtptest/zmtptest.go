// Package zmtptest writes and reads ZMTP 3, the protocol between ZeroMQ sockets,
// byte by byte, so that a test can play a peer that does what no library would
// do. The sections that comments name are in https://rfc.zeromq.org/spec/23/.
package zmtptest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
)

// The flags of a frame (section "Framing").
const (
	More    = 1 // another frame of the same message follows
	Long    = 2 // the size takes eight bytes instead of one
	Command = 4 // the frame is a command, not part of a message
)

// Greeting returns the 64 bytes that a peer of version 3.0 sends first. The
// mechanism is NULL, PLAIN or CURVE.
func Greeting(mechanism string) []byte {
	b := make([]byte, 64)
	copy(b, "\xff\x00\x00\x00\x00\x00\x00\x00\x00\x7f\x03\x00"+mechanism)
	return b
}

// Header returns the header of a long frame. The frame that follows may have a
// different size.
func Header(flags byte, size uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{flags | Long}, size)
}

// Frame returns a frame: a header, which is short if the body has fewer than 256
// bytes, and the body.
func Frame(flags byte, body string) []byte {
	if len(body) < 256 {
		return append([]byte{flags, byte(len(body))}, body...)
	}
	return append(Header(flags, uint64(len(body))), body...)
}

// Property returns a name and a value as they appear in READY.
func Property(name, value string) string {
	return string(byte(len(name))) + name + string(binary.BigEndian.AppendUint32(nil, uint32(len(value)))) + value
}

// Ready returns READY, the command that ends the NULL handshake.
func Ready(properties ...string) []byte {
	body := "\x05READY"
	for _, p := range properties {
		body += p
	}
	return Frame(Command, body)
}

// Handshake returns everything that a peer sends before its first message: a
// greeting, and a READY that names its socket type.
func Handshake(socketType string) []byte {
	return slices.Concat(Greeting("NULL"), Ready(Property("Socket-Type", socketType)))
}

// Message returns a message as REQ and REP send it: an empty frame, which is the
// delimiter, and a frame with the body.
func Message(body string) []byte { return append(Frame(More, ""), Frame(0, body)...) }

// A Peer is one end of a ZMTP connection. It never times out unless the
// connection has a deadline.
type Peer struct {
	net.Conn
	in *bufio.Reader
}

// NewPeer returns a peer that talks over the connection.
func NewPeer(conn net.Conn) *Peer { return &Peer{conn, bufio.NewReader(conn)} }

// Handshake sends the handshake of a socket of this type, and reads the other
// end's greeting and READY.
func (p *Peer) Handshake(socketType string) error {
	if _, err := p.Write(Handshake(socketType)); err != nil {
		return err
	}
	if _, err := p.in.Discard(64); err != nil {
		return fmt.Errorf("no greeting: %w", err)
	}
	if _, _, err := p.ReadFrame(); err != nil {
		return fmt.Errorf("no READY: %w", err)
	}
	return nil
}

// Read reads what the other end sent after the last frame that was read.
func (p *Peer) Read(b []byte) (int, error) { return p.in.Read(b) }

// ReadFrame reads a frame, which may be a command.
func (p *Peer) ReadFrame() (flags byte, body string, err error) {
	header, err := p.in.Peek(2)
	if err == nil && header[0]&Long != 0 {
		header, err = p.in.Peek(9)
	}
	if err != nil {
		return 0, "", err
	}
	flags, size := header[0], uint64(header[1])
	if flags&Long != 0 {
		size = binary.BigEndian.Uint64(header[1:])
	}
	p.in.Discard(len(header))
	b := make([]byte, size)
	_, err = io.ReadFull(p.in, b)
	return flags, string(b), err
}

// Expect reads frames, and returns an error unless they have these bodies.
func (p *Peer) Expect(bodies ...string) error {
	for _, want := range bodies {
		_, got, err := p.ReadFrame()
		if err != nil {
			return fmt.Errorf("no %q: %w", want, err)
		}
		if got != want {
			return fmt.Errorf("got %q, want %q", got, want)
		}
	}
	return nil
}
