package wire

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	textSize = 48 // bytes that are shown as text
	hexSize  = 16 // bytes that are shown in hexadecimal, behind the text
	partSize = 64 // bytes of a part that are shown
)

// An Event is a greeting, a command or a frame that one end of a connection sent,
// or an error, after which the decoder ignores the rest of the stream.
type Event struct {
	Kind  string   `json:"kind"`            // greeting, command, frame or error
	Name  string   `json:"name,omitempty"`  // of a command, or "delimiter"
	Flags []string `json:"flags,omitempty"` // MORE and LONG
	Size  uint64   `json:"size"`            // of the body, in bytes
	Text  string   `json:"text"`            // what it says
	Hex   string   `json:"hex,omitempty"`   // the first bytes of its data
	Parts []Part   `json:"parts,omitempty"` // all its bytes, in order
	Rule  string   `json:"rule,omitempty"`  // the rule of the RFC's grammar that it follows
	RFC   string   `json:"rfc,omitempty"`   // the URL of the section with that rule
}

// A Part is a piece of an event: a field of the protocol.
type Part struct {
	Name    string `json:"name"`
	Hex     string `json:"hex"` // its first 64 bytes
	Meaning string `json:"meaning"`
}

// String returns the event as a line of text:
//
//	greeting  ZMTP 3.0, NULL
//	command   READY, 28 bytes: Socket-Type "REQ", Identity ""
//	frame     MORE, 0 bytes: the delimiter
//	frame     5 bytes: "World" 57 6f 72 6c 64
//	error     the flags 0x48 are not ones of ZMTP 3
func (e Event) String() string {
	kind := fmt.Sprintf("%-10s", e.Kind)
	if e.Kind == "greeting" || e.Kind == "error" {
		return kind + e.Text
	}
	var list []string
	if e.Kind == "command" {
		list = append(list, e.Name)
	}
	line := kind + strings.Join(append(append(list, e.Flags...), count(e.Size)), ", ")
	if e.Text != "" {
		line += ": " + e.Text
	}
	if e.Hex != "" {
		line += " " + e.Hex
	}
	return line
}

func count(size uint64) string {
	if size == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", size)
}

// part returns a part of an event. If it is long, b contains only its first bytes.
func part(name string, b []byte, size uint64, meaning string) Part {
	return Part{name, hexadecimal(b, size, partSize), meaning}
}

func hexadecimal(b []byte, size uint64, most int) string {
	digits := fmt.Sprintf("% x", b[:min(len(b), most)])
	if size > uint64(most) {
		digits += " …"
	}
	return digits
}

// quote returns bytes as text in quotation marks, without escaping quotation
// marks inside.
func quote(b []byte) string {
	shown, rest := cut(b)
	return `"` + shown + `"` + rest
}

// text returns a name as text.
func text(name []byte) string {
	shown, rest := cut(name)
	return shown + rest
}

// cut returns the first 48 bytes as text that stays on its line and is harmless
// to a terminal, and as rest a … if there are more bytes.
//
// Valid UTF-8 is shown as it is, except for characters that control a terminal
// or the direction of text, which become dots. Otherwise, each byte that is not
// printable ASCII becomes a dot.
func cut(b []byte) (shown, rest string) {
	if len(b) > textSize {
		end := textSize
		for end > textSize-3 && !utf8.RuneStart(b[end]) { // do not split a character
			end--
		}
		b, rest = b[:end], "…"
	}
	if !utf8.Valid(b) {
		shown := slices.Clone(b)
		for i, c := range shown {
			if c < 0x20 || c > 0x7e {
				shown[i] = '.'
			}
		}
		return string(shown), rest
	}
	return strings.Map(func(r rune) rune {
		if controls(r) {
			return '.'
		}
		return r
	}, string(b)), rest
}

func controls(r rune) bool {
	return r <= 0x1f || r >= 0x7f && r <= 0x9f ||
		r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e ||
		r >= 0x2060 && r <= 0x206f || r == 0xfeff
}
