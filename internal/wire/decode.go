// Package wire shows what two ZeroMQ sockets send each other over TCP: the
// greetings, commands and frames of ZMTP 3, the protocol of
// https://rfc.zeromq.org/spec/23/ and, for PING and PONG,
// https://rfc.zeromq.org/spec/37/.
//
// A [Decoder] turns the bytes that one end sends into events. The tour prints
// them for the connections that go through a [Proxy], and the docs site shows
// them for the programs that run in a page.
package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

const kept = 255 // bytes of a body; the rest is only counted

// The flags of a frame.
const (
	flagMore    = 0x01
	flagLong    = 0x02
	flagCommand = 0x04
)

const (
	rfc23 = "https://rfc.zeromq.org/spec/23/#"
	rfc37 = "https://rfc.zeromq.org/spec/37/#"
)

// The values of Decoder.in. A stream may end only before a greeting or a header.
const (
	aGreeting = "the greeting"
	aHeader   = "a frame's header"
	aFrame    = "a frame"
	aCommand  = "a command"
)

// A Decoder decodes what one end of a connection sends. Its zero value is not
// usable: call [NewDecoder].
type Decoder struct {
	emit func(Event)

	in          string // what is being read
	total, done uint64 // its size, and how much of it has arrived
	// next is called after left more bytes, of which body contains the first. It
	// is nil after an error.
	left uint64
	body []byte
	next func()

	mechanism string
	envelope  bool // the sender's messages may have a delimiter
	delimited bool // this message's delimiter was read
	more      bool // another frame of the message follows
	event     Event
	header    []Part // of the frame that is being read
}

// NewDecoder returns a decoder that calls emit with each event as soon as the
// event's last byte is written.
func NewDecoder(emit func(Event)) *Decoder {
	d := &Decoder{emit: emit}
	d.in, d.total = aGreeting, 64
	d.read(10, d.signature)
	return d
}

// Write decodes bytes, which may arrive in pieces of any size. It never fails: if
// a peer breaks the protocol, that is an event.
func (d *Decoder) Write(p []byte) (int, error) {
	n := len(p)
	for d.next != nil && len(p) > 0 {
		piece := p[:min(uint64(len(p)), d.left)]
		d.body = append(d.body, piece[:min(len(piece), kept-len(d.body))]...)
		d.done += uint64(len(piece))
		d.left -= uint64(len(piece))
		p = p[len(piece):]
		if d.left == 0 {
			d.next()
		}
	}
	return n, nil
}

// Close ends the stream. If it ends in the middle of a frame or a message, Close
// emits an error event.
func (d *Decoder) Close() error {
	between := d.in == aGreeting || d.in == aHeader
	switch {
	case d.next == nil:
	case d.done > 0 || !between:
		d.fail("the stream ends after %d of %d bytes of %s", d.done, d.total, d.in)
	case d.more:
		d.fail("the stream ends in the middle of a message")
	}
	d.next = nil
	return nil
}

func (d *Decoder) fail(format string, args ...any) {
	d.next = nil
	d.emit(Event{Kind: "error", Text: fmt.Sprintf(format, args...)})
}

// read arranges that next is called when size more bytes have arrived. The first
// 255 of them are in body.
func (d *Decoder) read(size uint64, next func()) {
	d.left, d.body, d.next = size, d.body[:0], next
	if size == 0 {
		next()
	}
}

// signature reads the first of a greeting's three pieces. What follows depends on
// it.
func (d *Decoder) signature() {
	if d.body[0] != 0xff || d.body[9] != 0x7f {
		d.fail("this is not ZMTP: it begins with %s %s", quote(d.body), hexadecimal(d.body, 10, hexSize))
		return
	}
	d.event = Event{Kind: "greeting", Size: 64, Rule: "greeting", RFC: rfc23 + "formal-grammar",
		Parts: []Part{part("signature", d.body, 10, "this is ZMTP")}}
	d.read(1, d.version)
}

func (d *Decoder) version() {
	major := d.body[0]
	if major < 3 {
		d.fail("the greeting's version is %d, older than 3", major)
		return
	}
	d.read(53, func() { d.greeting(major) })
}

func (d *Decoder) greeting(major byte) {
	minor, mechanism, asServer, filler := d.body[0], d.body[1:21], d.body[21:22], d.body[22:]
	d.mechanism = strings.TrimRight(string(mechanism), "\x00")
	name, meaning := text([]byte(d.mechanism)), ""
	if d.mechanism == "NULL" {
		meaning = ": not encrypted"
	}
	version, server := fmt.Sprintf("%d.%d", major, minor), "no"
	d.event.Text = fmt.Sprintf("ZMTP %s, %s", version, name)
	if asServer[0] == 1 {
		server = "yes"
		d.event.Text += ", as server"
	}
	d.event.Parts = append(d.event.Parts,
		part("version", []byte{major, minor}, 2, version),
		part("mechanism", mechanism, 20, name+meaning),
		part("as-server", asServer, 1, server),
		part("filler", filler, 31, "zeros, to make 64 bytes"))
	d.emit(d.event)
	d.frame()
}

func (d *Decoder) frame() {
	d.in, d.total, d.done = aHeader, 1, 0
	d.read(1, d.flags)
}

func (d *Decoder) flags() {
	flags := d.body[0]
	if flags > flagCommand|flagLong || flags == flagCommand|flagMore {
		d.fail("the flags 0x%02x are not ones of ZMTP 3", flags)
		return
	}
	d.event = Event{Kind: "frame", Rule: "message-last", RFC: rfc23 + "formal-grammar"}
	if flags&flagMore != 0 {
		d.event.Flags = append(d.event.Flags, "MORE")
		d.event.Rule = "message-more"
	}
	if flags&flagLong != 0 {
		d.event.Flags = append(d.event.Flags, "LONG")
	}
	meaning := slices.Clone(d.event.Flags)
	if flags&flagCommand != 0 {
		d.event.Kind, d.event.Rule = "command", "command"
		meaning = append(meaning, "COMMAND")
	}
	if len(meaning) == 0 {
		meaning = []string{"none: short, the last of its message"}
	}
	d.header = []Part{part("flags", d.body, 1, strings.Join(meaning, " "))}
	if flags&flagLong == 0 {
		d.total = 2
		d.read(1, func() { d.length(uint64(d.body[0])) })
		return
	}
	d.total = 9
	d.read(8, func() { d.length(binary.BigEndian.Uint64(d.body)) })
}

func (d *Decoder) length(size uint64) {
	if size >= 1<<53 { // more than the page's JavaScript can count
		d.fail("a length of 2^53 bytes or more: % x", d.body)
		return
	}
	d.event.Size = size
	d.header = append(d.header, part("length", d.body, uint64(len(d.body)), count(size)))
	d.in, d.total, d.done = aFrame, size, 0
	read := d.message
	if d.event.Kind == "command" {
		d.in, read = aCommand, d.command
	}
	d.read(size, func() {
		parts, err := read()
		if err != nil {
			d.fail("%v", err)
			return
		}
		d.event.Parts = append(d.header, parts...)
		d.emit(d.event)
		d.frame()
	})
}

// message reads the body of a frame.
func (d *Decoder) message() ([]Part, error) {
	d.more = slices.Contains(d.event.Flags, "MORE")
	switch {
	case d.event.Size > 0:
		d.data(d.body, d.event.Size)
	case d.envelope && d.more && !d.delimited: // the first empty frame ends the envelope
		d.event.Name, d.event.Text, d.delimited = "delimiter", "the delimiter", true
	}
	if !d.more {
		d.delimited = false
	}
	return []Part{part("body", d.body, d.event.Size, d.event.Text)}, nil
}

// data shows bytes whose meaning is unknown.
func (d *Decoder) data(first []byte, size uint64) {
	d.event.Text, d.event.Hex = quote(first), hexadecimal(first, size, hexSize)
}

// command reads the body of a command. If it is too long to be kept, it is shown
// as data.
func (d *Decoder) command() ([]Part, error) {
	e := &d.event
	if e.Size == 0 || d.body[0] == 0 || uint64(d.body[0]) >= e.Size {
		return nil, errors.New("a command whose name is empty or cut off")
	}
	end := 1 + int(d.body[0])
	name, rest := string(d.body[1:end]), d.body[end:]
	e.Name = text([]byte(name))
	whole, what := e.Size <= kept, "data"
	switch {
	case name == "READY" && whole && (d.mechanism == "NULL" || d.mechanism == "PLAIN"):
		var ok bool
		if e.Text, ok = d.ready(rest); !ok {
			return nil, errors.New("a READY whose properties are cut off")
		}
		what, e.Rule, e.RFC = "properties", "ready", rfc23+"the-null-security-mechanism"
	case name == "PING" && whole:
		if len(rest) < 2 {
			return nil, errors.New("a PING whose time to live is cut off")
		}
		ttl := binary.BigEndian.Uint16(rest)
		e.Text = fmt.Sprintf("ttl %d.%d s, context %s", ttl/10, ttl%10, quote(rest[2:]))
		e.Rule, e.RFC = "ping", rfc37+"connection-heartbeating"
	case name == "PONG" && whole:
		e.Text = "context " + quote(rest)
		e.Rule, e.RFC = "pong", rfc37+"connection-heartbeating"
	case name == "ERROR" && whole:
		if len(rest) == 0 || int(rest[0]) > len(rest)-1 {
			return nil, errors.New("an ERROR whose reason is cut off")
		}
		e.Text = "reason " + quote(rest[1:1+rest[0]])
		e.Rule, e.RFC = "error", rfc23+"the-null-security-mechanism"
	case uint64(end) < e.Size:
		d.data(rest, e.Size-uint64(end))
	}
	parts := []Part{part("name", d.body[:end], uint64(end), "its length, "+e.Name)}
	if len(rest) > 0 {
		parts = append(parts, part(what, rest, e.Size-uint64(end), e.Text))
	}
	return parts, nil
}

func (d *Decoder) ready(rest []byte) (properties string, ok bool) {
	var list []string
	for len(rest) > 0 {
		end := 1 + int(rest[0])
		if end+4 > len(rest) {
			return "", false
		}
		name := rest[1:end]
		size := binary.BigEndian.Uint32(rest[end:])
		rest = rest[end+4:]
		if uint64(size) > uint64(len(rest)) {
			return "", false
		}
		value := rest[:size]
		rest = rest[size:]
		list = append(list, text(name)+" "+quote(value))
		if strings.EqualFold(string(name), "Socket-Type") {
			d.envelope = slices.Contains([]string{"REQ", "REP", "DEALER", "ROUTER"}, string(value))
		}
	}
	return strings.Join(list, ", "), true
}
