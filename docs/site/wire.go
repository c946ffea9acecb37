package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"zeromq-lessons/internal/wire"
)

// A wireRow is a row of a page's wire: what one end of a connection sent, or
// that it opened or closed the connection.
type wireRow struct {
	wire.Event
	From wire.End `json:"from"`
}

// readWire decodes a recording of one connection. Each line names an end and the
// bytes that it sent in one piece. If there are many, … and their number replace
// the last ones:
//
//	client ff 00 00 00 00 00 00 00 01 7f
//	server 02 00 00 00 00 00 00 1f 40 … 8000
//	client closes
func readWire(text string) (rows []wireRow, err error) {
	add := func(from wire.End, e wire.Event) { rows = append(rows, wireRow{e, from}) }
	add(wire.Client, wire.Event{Kind: "connection", Text: "number 1"})
	ends := map[string]*wire.Decoder{}
	for _, end := range []wire.End{wire.Client, wire.Server} {
		ends[string(end)] = wire.NewDecoder(func(e wire.Event) { add(end, e) })
	}
	for line := range strings.Lines(text) {
		from, sent, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if ends[from] == nil {
			return nil, fmt.Errorf("%q is no line of a recording", line)
		}
		if sent == "closes" {
			add(wire.End(from), wire.Event{Kind: "end", Text: "closes the connection"})
			continue
		}
		digits, rest, cut := strings.Cut(sent, " … ")
		data, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
		missing := 0
		if cut && err == nil {
			missing, err = strconv.Atoi(rest)
		}
		if err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		ends[from].Write(append(data, make([]byte, missing)...))
	}
	return rows, nil
}

// readRecording returns the recording of a lesson, as rows.
func (s *site) readRecording(lesson *page) ([]wireRow, error) {
	file := path.Join("docs/site/recordings", lesson.anchor("")+".txt")
	text, err := fs.ReadFile(s.root, file)
	if err != nil {
		return nil, err
	}
	rows, err := readWire(string(text))
	if err != nil {
		s.errorf(file, 1, "%v", err)
	}
	return rows, nil
}

// recordedWire returns the recording that a page's playground shows until a run
// replaces it, or "" if there is none. The first page shows lesson 02.
func (s *site) recordedWire(p *page) string {
	lesson := p
	if p.url == "index.html" {
		lesson = s.lesson("02")
	}
	if lesson == nil || !lesson.lesson() {
		return ""
	}
	rows, err := s.readRecording(lesson)
	if err != nil {
		return "" // nothing is recorded
	}
	data, err := json.Marshal(map[string]any{"lesson": lesson.anchor(""), "rows": rows})
	if err != nil {
		panic(err) // JSON can encode every event
	}
	return fmt.Sprintf("<script type=\"application/json\" class=\"recorded-wire\">%s</script>\n", data)
}
