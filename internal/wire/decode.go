// Package wire shows what two ZeroMQ sockets send each other over TCP: a line
// of text for each greeting, command and frame of ZMTP 3, the protocol of
// https://rfc.zeromq.org/spec/23/ and, for PING and PONG,
// https://rfc.zeromq.org/spec/37/.
//
// The docs site has the same decoder in JavaScript. Both give the same lines
// for the recordings in testdata/wire. These are the rules:
//
//	greeting  ZMTP 3.0, NULL
//	command   READY, 28 bytes: Socket-Type "REQ", Identity ""
//	frame     MORE, 0 bytes: the delimiter
//	frame     5 bytes: "World" 57 6f 72 6c 64
//	error     the flags 0x48 are not ones of ZMTP 3
//
// A greeting has the version, the security mechanism, and "as server" if that
// is set. A version above 3 is taken for 3, as its peer would.
//
// A command or a frame has its flags, MORE and LONG, and its length, which is
// that of the body. A command's name comes first. Then follows its body:
//
//   - READY, where the mechanism is NULL or PLAIN: each property, its name and
//     its value as text.
//   - PING: "ttl 1.5 s", the time to live, and the context as text.
//   - PONG: the context as text.
//   - ERROR: the reason as text.
//   - Another command, one of more than 255 bytes, and a frame: as text and in
//     hexadecimal.
//   - Nothing, and no colon, where nothing is left.
//
// The first empty frame of a message is the delimiter, if it has MORE and the
// sender's READY said REQ, REP, DEALER or ROUTER: it ends the envelope.
//
// As text: the first 48 bytes between quotation marks, which are not escaped,
// and a … behind if there are more. Where the 48th byte splits a character of
// UTF-8, its first bytes are left out too: as long as the byte after the last
// is 0x80 to 0xbf, up to three times. If what is left is UTF-8, each character
// is shown as it is, but for those that steer a terminal: U+0000 to U+001F,
// U+007F to U+009F, U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F and
// U+FEFF are each a dot. If it is not UTF-8, each byte but 0x20 to 0x7e is a
// dot. Names are the same without the quotation marks.
//
// In hexadecimal: the first 16 bytes, and a … if there are more.
//
// After an error nothing more of that stream is shown. A stream that ends where
// it should not is an error as well.
package wire

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	kept     = 255 // bytes of a body
	textSize = 48
	hexSize  = 16
)

// The flags of a frame.
const (
	flagMore    = 0x01
	flagLong    = 0x02
	flagCommand = 0x04
)

// A Decoder decodes what one end of a connection sends. Write it the bytes as
// they come, in pieces of any size. It keeps 255 of them at most.
type Decoder struct {
	emit func(line string)

	// What is read now: of what, how much of it there is, and has come.
	part        string
	total, done uint64
	// left bytes are read, the first of them into body, before next is called.
	// next is nil after an error.
	left uint64
	body []byte
	next func()

	mechanism string
	envelope  bool // the sender's messages may have a delimiter
	delimited bool // this message has had its delimiter
	more      bool // the message goes on
	flags     byte
}

// NewDecoder returns a decoder that passes each line to emit as soon as its
// last byte has been written.
func NewDecoder(emit func(line string)) *Decoder {
	d := &Decoder{emit: emit}
	d.part, d.total = "the greeting", 64
	d.read(10, d.signature)
	return d
}

// Write decodes bytes. It never fails: what is wrong is a line as well.
func (d *Decoder) Write(p []byte) (int, error) {
	n := len(p)
	for d.next != nil && len(p) > 0 {
		part := p[:min(uint64(len(p)), d.left)]
		d.body = append(d.body, part[:min(len(part), kept-len(d.body))]...)
		d.done += uint64(len(part))
		d.left -= uint64(len(part))
		p = p[len(part):]
		if d.left == 0 {
			d.next()
		}
	}
	return n, nil
}

// Close says that the stream has ended. That is an error in the middle of a
// frame or a message.
func (d *Decoder) Close() error {
	between := d.part == header || d.part == "the greeting"
	switch {
	case d.next == nil:
	case d.done > 0 || !between:
		d.fail("the stream ends after %d of %d bytes of %s", d.done, d.total, d.part)
	case d.more:
		d.fail("the stream ends in the middle of a message")
	}
	d.next = nil
	return nil
}

func (d *Decoder) fail(format string, args ...any) {
	d.next = nil
	d.emit("error     " + fmt.Sprintf(format, args...))
}

// read has next called when size bytes more are in body, or as many as it keeps.
func (d *Decoder) read(size uint64, next func()) {
	d.left, d.body, d.next = size, d.body[:0], next
	if size == 0 {
		next()
	}
}

func (d *Decoder) signature() {
	if d.body[0] != 0xff || d.body[9] != 0x7f {
		d.fail("this is not ZMTP: it begins with %s", data(d.body, 10))
		return
	}
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
	d.mechanism = strings.TrimRight(string(d.body[1:21]), "\x00")
	line := fmt.Sprintf("greeting  ZMTP %d.%d, %s", major, d.body[0], text([]byte(d.mechanism)))
	if d.body[21] == 1 {
		line += ", as server"
	}
	d.emit(line)
	d.frame()
}

const header = "a frame's header"

func (d *Decoder) frame() {
	d.part, d.total, d.done = header, 1, 0
	d.read(1, d.header)
}

func (d *Decoder) header() {
	d.flags = d.body[0]
	if d.flags > flagCommand|flagLong || d.flags == flagCommand|flagMore {
		d.fail("the flags 0x%02x are not ones of ZMTP 3", d.flags)
		return
	}
	if d.flags&flagLong == 0 {
		d.total = 2
		d.read(1, func() { d.length(uint64(d.body[0])) })
		return
	}
	d.total = 9
	d.read(8, func() { d.length(binary.BigEndian.Uint64(d.body)) })
}

func (d *Decoder) length(size uint64) {
	if size >= 1<<53 { // which JavaScript cannot count
		d.fail("a length of 2^53 bytes or more: % x", d.body)
		return
	}
	d.part, d.total, d.done = "a frame", size, 0
	if d.flags&flagCommand != 0 {
		d.part = "a command"
	}
	d.read(size, d.whole)
}

// whole is called at the end of a frame or a command.
func (d *Decoder) whole() {
	var line string
	var ok bool
	if d.flags&flagCommand != 0 {
		line, ok = d.command()
	} else {
		line, ok = d.message(), true
	}
	if !ok {
		d.fail("%s", line)
		return
	}
	d.emit(line)
	d.frame()
}

func (d *Decoder) message() string {
	more := d.flags&flagMore != 0
	var content string
	if d.total > 0 {
		content = data(d.body, d.total)
	} else if d.envelope && more && !d.delimited {
		content, d.delimited = "the delimiter", true
	}
	d.more = more
	if !more {
		d.delimited = false
	}
	return d.line("frame     ", content)
}

// command returns a command's line, or what is wrong with it.
func (d *Decoder) command() (line string, ok bool) {
	if d.total == 0 || d.body[0] == 0 || uint64(d.body[0]) >= d.total {
		return "a command whose name is empty or cut off", false
	}
	end := 1 + int(d.body[0])
	name, rest := string(d.body[1:end]), d.body[end:]

	content := ""
	switch {
	case name == "READY" && d.total <= kept && (d.mechanism == "NULL" || d.mechanism == "PLAIN"):
		content, ok = d.ready(rest)
		if !ok {
			return "a READY whose properties are cut off", false
		}
	case name == "PING" && d.total <= kept:
		if len(rest) < 2 {
			return "a PING whose time to live is cut off", false
		}
		ttl := binary.BigEndian.Uint16(rest)
		content = fmt.Sprintf("ttl %d.%d s, context %s", ttl/10, ttl%10, quote(rest[2:]))
	case name == "PONG" && d.total <= kept:
		content = "context " + quote(rest)
	case name == "ERROR" && d.total <= kept:
		if len(rest) == 0 || int(rest[0]) > len(rest)-1 {
			return "an ERROR whose reason is cut off", false
		}
		content = "reason " + quote(rest[1:1+rest[0]])
	case uint64(end) < d.total:
		content = data(rest, d.total-uint64(end))
	}
	return d.line("command   "+text([]byte(name))+", ", content), true
}

func (d *Decoder) ready(rest []byte) (content string, ok bool) {
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

func (d *Decoder) line(start, content string) string {
	var list []string
	if d.flags&flagMore != 0 {
		list = append(list, "MORE")
	}
	if d.flags&flagLong != 0 {
		list = append(list, "LONG")
	}
	unit := "bytes"
	if d.total == 1 {
		unit = "byte"
	}
	list = append(list, fmt.Sprintf("%d %s", d.total, unit))
	line := start + strings.Join(list, ", ")
	if content != "" {
		line += ": " + content
	}
	return line
}

// data shows size bytes, of which the first are there.
func data(first []byte, size uint64) string {
	hex := fmt.Sprintf("% x", first[:min(len(first), hexSize)])
	if size > hexSize {
		hex += " …"
	}
	return quote(first) + " " + hex
}

// quote shows bytes as text.
func quote(b []byte) string {
	shown, behind := cut(b)
	return `"` + shown + `"` + behind
}

// text is quote for a name.
func text(name []byte) string {
	shown, behind := cut(name)
	return shown + behind
}

// cut returns the first bytes as text that stays on its line and is harmless to
// a terminal, and a … if there are more.
func cut(b []byte) (shown, behind string) {
	if len(b) > textSize {
		end := textSize
		for end > textSize-3 && b[end]&0xc0 == 0x80 {
			end--
		}
		b, behind = b[:end], "…"
	}
	if !utf8.Valid(b) {
		shown := slices.Clone(b)
		for i, c := range shown {
			if c < 0x20 || c > 0x7e {
				shown[i] = '.'
			}
		}
		return string(shown), behind
	}
	return strings.Map(func(r rune) rune {
		if steers(r) {
			return '.'
		}
		return r
	}, string(b)), behind
}

func steers(r rune) bool {
	return r <= 0x1f || r >= 0x7f && r <= 0x9f ||
		r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e ||
		r >= 0x2060 && r <= 0x206f || r == 0xfeff
}
