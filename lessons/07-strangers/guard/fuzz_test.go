package guard

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
)

// FuzzFrames sends arbitrary bytes through a reader to zmq4, in pieces of any size.
// zmq4 must not panic, and must get exactly the messages that precede the first
// error.
func FuzzFrames(f *testing.F) {
	for _, wire := range []string{
		"",
		request("x"),
		request("x") + request(strings.Repeat("y", 256)),
		frame(command, "\x04PING\x00\x0acontext") + request("x"),
		frame(more, "id") + frame(more, "") + frame(command, "\x04PONG") + frame(0, "x"),
		request(strings.Repeat("z", 873)),
		strings.Repeat(frame(more, ""), 16),
		frame(0, "no delimiter"),
		frame(more, "") + "\x02\x7f\xff\xff\xff\xff\xff\xff\xff",
		frame(more, "") + "\x02\x80\x00\x00\x00\x00\x00\x00\x00",
		frame(more|command, "\x04PING\x00\x00"),
		frame(8, "x"),
	} {
		f.Add(uint8(2), []byte(wire), uint8(0))
		f.Add(uint8(2), []byte(wire), uint8(255))
	}
	for _, ready := range []string{
		readyOf("REQ"),
		readyOf("CLIENT"),
		frame(command, "\x05READY"),
		frame(command, "\x05READY"+property("Identity", "me")+property("SOCKET-TYPE", "DEALER")),
		frame(command, "\x05READY"+property("Socket-Type", "REQ")+property("Socket-Type", "REP")),
		frame(command, "\x05READY\x0bSocket-Type\xff\xff\xff\xffREQ"),
		frame(command, "\x05ERROR\x02no"),
	} {
		f.Add(uint8(1), []byte(ready+request("x")), uint8(3))
	}
	f.Add(uint8(0), []byte(hello+request("x")), uint8(60))
	f.Add(uint8(0), []byte("\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x01\x03\x00\x00"), uint8(0))

	f.Fuzz(func(t *testing.T, begun uint8, wire []byte, piece uint8) {
		limits := &Limits{MaxMsgSize: 1000}
		before := []string{"", string(greeting), hello}[begun%3]
		raw := &pieces{rest: append([]byte(before), wire...), size: int(piece) + 1}
		in := newReader(newDeadlineReader(raw, limits), limits, "REQ", "DEALER")
		var commands []string
		in.command = func(body string) error {
			commands = append(commands, body)
			return nil
		}

		var messages [][]string
		conn, err := zmq4.Open(readOnly{Reader: in}, null.Security(), zmq4.Rep, nil, true, nil)
		for err == nil {
			var msg zmq4.Msg
			if msg, err = conn.RecvMsg(); err == nil {
				messages = append(messages, texts(msg.Frames))
			}
		}
		if before == hello {
			wantMessages, wantCommands := decode(wire)
			if got, want := fmt.Sprintf("%q", messages), fmt.Sprintf("%q", wantMessages); got != want {
				t.Errorf("%q has the messages %s, zmq4 got %s", wire, want, got)
			}
			if !slices.Equal(commands, wantCommands) {
				t.Errorf("%q has the commands %q, got %q", wire, wantCommands, commands)
			}
		}
	})
}

// decode is an independent decoder, which gets all bytes in one piece.
func decode(wire []byte) (messages [][]string, commands []string) {
	var frames []string
	size := 0
	for len(wire) >= 2 {
		flags, n, rest := wire[0], uint64(wire[1]), wire[2:]
		if flags&2 != 0 {
			if len(wire) < 9 {
				break
			}
			n, rest = binary.BigEndian.Uint64(wire[1:9]), wire[9:]
		}
		isCommand := flags == 4 || flags == 6
		if flags > 3 && !isCommand || n > uint64(len(rest)) || isCommand && n > 4096 {
			break
		}
		body := string(rest[:n])
		wire = rest[n:]
		if isCommand {
			commands = append(commands, body)
			continue
		}
		frames = append(frames, body)
		if size += len(body) + 64; size > 1000 {
			break
		}
		if flags&1 == 0 {
			if !slices.Contains(frames, "") {
				break
			}
			messages = append(messages, frames)
			frames, size = nil, 0
		}
	}
	return messages, commands
}

func texts(frames [][]byte) (list []string) {
	for _, frame := range frames {
		list = append(list, string(frame))
	}
	return list
}

// pieces is a connection that returns at most this many bytes per Read.
type pieces struct {
	net.Conn
	rest []byte
	size int
}

func (p *pieces) SetReadDeadline(time.Time) error { return nil }

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.size)], p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// readOnly is a connection that discards what is written to it.
type readOnly struct {
	net.Conn
	io.Reader
}

func (r readOnly) Read(p []byte) (int, error)  { return r.Reader.Read(p) }
func (r readOnly) Write(p []byte) (int, error) { return len(p), nil }
func (r readOnly) Close() error                { return nil }
