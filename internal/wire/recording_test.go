package wire

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// A recording is a file of testdata/wire:
//
//	# What was recorded.
//	client: greeting  ZMTP 3.0, NULL
//	    ff 00 00 00 00 00 00 00 01 7f 03 00 4e 55 4c 4c
//	    00 00
//
// The lines are in the order in which they arrived. Below each line are the bytes
// that its end sent since its previous line. The end of the file ends both
// streams, which the last line may report.
type recording struct {
	about   string
	entries []entry
}

type entry struct {
	from  End
	line  string
	bytes []byte
}

const folder = "../../testdata/wire"

// recordings returns all recordings, by name.
func recordings(t testing.TB) map[string]recording {
	t.Helper()
	files, err := filepath.Glob(folder + "/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings in %s: %v", folder, err)
	}
	all := map[string]recording{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := parse(string(text))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".txt")] = r
	}
	return all
}

func parse(text string) (recording, error) {
	var r recording
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		last := len(r.entries) - 1
		if about, ok := strings.CutPrefix(line, "# "); ok {
			r.about += about + "\n"
		} else if digits, ok := strings.CutPrefix(line, "    "); ok && last >= 0 {
			b, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
			if err != nil {
				return r, fmt.Errorf("%q: %w", line, err)
			}
			r.entries[last].bytes = append(r.entries[last].bytes, b...)
		} else if from, rest, ok := strings.Cut(line, ": "); ok && (from == "client" || from == "server") {
			r.entries = append(r.entries, entry{from: End(from), line: rest})
		} else {
			return r, fmt.Errorf("%q is no line of a recording", line)
		}
	}
	return r, nil
}

func (r recording) String() string {
	var b strings.Builder
	for line := range strings.Lines(r.about) {
		fmt.Fprintf(&b, "# %s", line)
	}
	for _, e := range r.entries {
		fmt.Fprintf(&b, "%s: %s\n", e.from, e.line)
		for row := range slices.Chunk(e.bytes, 16) {
			fmt.Fprintf(&b, "    % x\n", row)
		}
	}
	return b.String()
}

// of returns the lines and the bytes of one end.
func (r recording) of(from End) (lines []string, stream []byte) {
	for _, e := range r.entries {
		if e.from == from {
			lines = append(lines, e.line)
			stream = append(stream, e.bytes...)
		}
	}
	return lines, stream
}

// decode decodes a stream that arrives in pieces of a given size, or whole.
func decode(stream []byte, piece int) []string {
	var lines []string
	d := NewDecoder(func(e Event) { lines = append(lines, e.String()) })
	if piece == 0 {
		piece = max(1, len(stream))
	}
	for part := range slices.Chunk(stream, piece) {
		d.Write(part)
	}
	d.Close()
	return lines
}

// Each recording decodes to its lines, in whatever pieces its bytes arrive, and
// each line is emitted with its last byte.
func TestRecordings(t *testing.T) {
	for name, r := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(folder, name+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			if got := r.String(); got != string(text) {
				t.Errorf("the file is not as it would be written:\n%s", got)
			}
			for _, from := range []End{Client, Server} {
				want, stream := r.of(from)
				for _, piece := range []int{0, 1, 2, 3, 7, 64} {
					if got := decode(stream, piece); !slices.Equal(got, want) {
						t.Errorf("the %s's bytes, %d at a time, decode to\n%s\nnot\n%s", from, piece, strings.Join(got, "\n"), strings.Join(want, "\n"))
					}
				}
			}
			tap := map[End]*recorder{Client: newRecorder(Client), Server: newRecorder(Server)}
			var again []entry
			for _, e := range r.entries {
				tap[e.from].Write(e.bytes)
				again = append(again, tap[e.from].take()...)
			}
			for _, from := range []End{Client, Server} {
				tap[from].Close()
				again = append(again, tap[from].take()...)
			}
			if got := (recording{r.about, again}).String(); got != string(text) {
				t.Errorf("a line does not come with its last byte:\n%s", got)
			}
		})
	}
}

// The parts of the events are the stream's bytes, up to an error.
func TestParts(t *testing.T) {
	for name, r := range recordings(t) {
		for _, from := range []End{Client, Server} {
			_, stream := r.of(from)
			want, got := hex.EncodeToString(stream), ""
			d := NewDecoder(func(e Event) {
				for _, p := range e.Parts {
					got += strings.ReplaceAll(p.Hex, " ", "")
				}
				if e.Kind == "error" {
					want = want[:min(len(got), len(want))]
				}
			})
			d.Write(stream)
			d.Close()
			if got != want && !strings.Contains(got, "…") {
				t.Errorf("%s, %s: the parts are\n%s\nand the bytes\n%s", name, from, got, want)
			}
		}
	}
}

// A recorder records which bytes belong to which line.
type recorder struct {
	from    End
	decoder *Decoder
	bytes   []byte // since the last line
	entries []entry
}

func newRecorder(from End) *recorder {
	r := &recorder{from: from}
	r.decoder = NewDecoder(func(e Event) {
		r.entries = append(r.entries, entry{from, e.String(), bytes.Clone(r.bytes)})
		r.bytes = nil
	})
	return r
}

func (r *recorder) Write(p []byte) (int, error) {
	for i := range p {
		r.bytes = append(r.bytes, p[i])
		r.decoder.Write(p[i : i+1])
	}
	return len(p), nil
}

func (r *recorder) Close() error { return r.decoder.Close() }

func (r *recorder) take() []entry {
	all := r.entries
	r.entries = nil
	return all
}

// For any bytes, in whatever pieces, the decoder emits the same lines, all of
// which a terminal can show, and nothing after an error.
func FuzzDecoder(f *testing.F) {
	for _, r := range recordings(f) {
		for _, from := range []End{Client, Server} {
			_, stream := r.of(from)
			f.Add(stream, 1)
		}
	}
	f.Fuzz(func(t *testing.T, stream []byte, piece int) {
		if piece < 0 {
			return
		}
		whole := decode(stream, 0)
		if pieces := decode(stream, piece); !slices.Equal(whole, pieces) {
			t.Errorf("whole: %q, in pieces of %d: %q", whole, piece, pieces)
		}
		for i, line := range whole {
			if !utf8.ValidString(line) || strings.ContainsFunc(line, unicode.IsControl) {
				t.Errorf("line %q", line)
			}
			if strings.HasPrefix(line, "error ") && i != len(whole)-1 {
				t.Errorf("%q continues after an error", whole)
			}
		}
	})
}
