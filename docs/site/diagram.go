package main

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// A diagramError is a line of a diagram that the site cannot draw.
type diagramError struct {
	line int
	text string
}

func (e *diagramError) Error() string {
	return fmt.Sprintf("the diagram's line %q: the site draws participants, messages, notes, loop, alt, else, opt and end", e.text)
}

// A step is what a sequence diagram shows below the one before.
type step struct {
	kind     string // "message", "note", or a frame's: "loop", "alt", "else", "opt", "end"
	from, to int    // participants
	dashed   bool
	lost     bool // the message does not arrive
	text     string
}

type participant struct {
	id, label string
	x         int // of its lifeline
}

var (
	participantLine = regexp.MustCompile(`^(?:participant|actor) (\S+)(?: as (.+))?$`)
	messageLine     = regexp.MustCompile(`^(\S+?)\s*(--?>>|--?>|--?x|--?\))\s*(\S+?)\s*:\s*(.*)$`)
	noteLine        = regexp.MustCompile(`^[Nn]ote (?:over|left of|right of) ([^:,\s]+)(?:\s*,\s*([^:\s]+))?\s*:\s*(.*)$`)
	frameLine       = regexp.MustCompile(`^(loop|alt|else|opt|end)\b\s*(.*)$`)
	lineBreak       = regexp.MustCompile(`\s*<br ?/?>\s*`)
)

// readSequence reads the part of Mermaid's sequence diagrams that the lessons use.
func readSequence(code string) (parts []participant, steps []step, err error) {
	find := func(id string) int {
		for i, p := range parts {
			if p.id == id {
				return i
			}
		}
		parts = append(parts, participant{id: id, label: id})
		return len(parts) - 1
	}
	open := 0 // frames
	lines := strings.Split(strings.TrimSpace(code), "\n")
	for i, line := range lines {
		line = strings.TrimSpace(line)
		switch {
		case i == 0 && line == "sequenceDiagram" || line == "" || strings.HasPrefix(line, "%%"):
		case i > 0 && participantLine.MatchString(line):
			m := participantLine.FindStringSubmatch(line)
			p := &parts[find(m[1])]
			if m[2] != "" {
				p.label = m[2]
			}
		case i > 0 && noteLine.MatchString(line):
			m := noteLine.FindStringSubmatch(line)
			s := step{kind: "note", from: find(m[1]), text: m[3]}
			s.to = s.from
			if m[2] != "" {
				s.to = find(m[2])
			}
			s.from, s.to = min(s.from, s.to), max(s.from, s.to)
			steps = append(steps, s)
		case i > 0 && frameLine.MatchString(line):
			m := frameLine.FindStringSubmatch(line)
			switch m[1] {
			case "end":
				open--
			case "else": // of one that is open
			default:
				open++
			}
			if open < 0 || m[1] == "else" && open == 0 {
				return nil, nil, &diagramError{i + 1, line}
			}
			steps = append(steps, step{kind: m[1], text: m[2]})
		case i > 0 && messageLine.MatchString(line):
			m := messageLine.FindStringSubmatch(line)
			steps = append(steps, step{
				kind: "message", from: find(m[1]), to: find(m[3]), text: m[4],
				dashed: strings.HasPrefix(m[2], "--"), lost: strings.HasSuffix(m[2], "x"),
			})
		default:
			return nil, nil, &diagramError{i + 1, line}
		}
	}
	if len(parts) == 0 || open > 0 {
		return nil, nil, &diagramError{len(lines), lines[len(lines)-1]}
	}
	return parts, steps, nil
}

// Lengths in a drawing, in pixels. No browser measures the text here, so every
// character counts as a wide one.
const (
	charWidth = 7
	lineHigh  = 18
	wrapAt    = 28  // characters
	gap       = 16  // between steps
	pad       = 10  // around text in a box
	apart     = 180 // minimum distance of lifelines
)

// sequence draws a sequence diagram as SVG, with its steps as text for screen
// readers.
func sequence(code string) (string, error) {
	parts, steps, err := readSequence(code)
	if err != nil {
		return "", err
	}

	// Lifelines are far enough apart for the boxes and messages between them.
	x := 0
	for i := range parts {
		half := width(parts[i].label)/2 + pad
		if i == 0 {
			x = half + 1
		} else {
			distance := max(apart, width(parts[i-1].label)/2+half+3*pad)
			for _, s := range steps {
				if s.kind == "message" && min(s.from, s.to) <= i-1 && max(s.from, s.to) >= i {
					distance = max(distance, (textWidth(s.text)+4*pad)/max(1, abs(s.to-s.from)))
				}
				if s.kind == "note" && s.from == s.to && (s.from == i || s.from == i-1) {
					distance = max(distance, textWidth(s.text)/2+4*pad)
				}
			}
			x += distance
		}
		parts[i].x = x
	}
	d := drawing{left: 0, right: x + width(parts[len(parts)-1].label)/2 + pad + 1}

	top := lineHigh + 2*pad
	y := top + gap
	var frames []int // where those that are open begin
	for _, s := range steps {
		lines := wrap(s.text)
		high := len(lines) * lineHigh
		switch s.kind {
		case "note":
			left, right := parts[s.from].x, parts[s.to].x
			grow := max(textWidth(s.text)+2*pad-(right-left), 4*pad) / 2
			d.box("note", left-grow, y, right-left+2*grow, high+pad)
			d.text((left+right)/2, y+pad/2, lines)
			y += high + pad + gap
		case "message":
			from, to := parts[s.from].x, parts[s.to].x
			if s.from == s.to { // a loop at the lifeline's right
				d.text(from+textWidth(s.text)/2+pad, y, lines)
				d.include(from + textWidth(s.text) + 2*pad)
				y += high + 4
				d.path(s, fmt.Sprintf("M%d %dh%dv%dh%d", from, y, 4*pad, gap, -4*pad), from, y+gap, -1)
				y += gap + gap
				continue
			}
			d.text((from+to)/2, y, lines)
			y += high + 6
			direction, end := 1, to
			if to < from {
				direction = -1
			}
			if s.lost {
				end = (from + to) / 2
			}
			d.path(s, fmt.Sprintf("M%d %dH%d", from, y, end), end, y, direction)
			y += gap
		case "end":
			start := frames[len(frames)-1]
			frames = frames[:len(frames)-1]
			inset := len(frames) * 4
			d.box("frame", d.left+inset, start, d.right-d.left-2*inset, y-start)
			y += gap
		default: // a frame begins, or its next part
			if s.kind != "else" {
				frames = append(frames, y)
			} else {
				d.printf(`<path class="dashed" d="M%d %dH%d"/>`, d.left, y, d.right)
			}
			label := strings.TrimSpace(s.kind + " " + s.text)
			d.printf(`<text class="label" x="%d" y="%d">%s</text>`, d.left+8, y+lineHigh, escape(label))
			d.include(d.left + 8 + width(label) + pad)
			y += lineHigh + gap
		}
	}
	var lines, boxes drawing
	for _, p := range parts {
		lines.printf(`<path class="life" d="M%d %dV%d"/>`, p.x, top, y)
		w := width(p.label) + 2*pad
		boxes.box("part", p.x-w/2, 1, w, top-1)
		boxes.text(p.x, pad, []string{p.label})
	}
	const edge = 2
	return fmt.Sprintf(`<figure class="diagram"><svg viewBox="%d 0 %d %d" width="%[2]d" height="%[3]d" role="img" aria-label="%s">`,
		d.left-edge, d.right-d.left+2*edge, y+edge, escape(inWords(parts, steps))) +
		lines.String() + d.String() + boxes.String() + "</svg></figure>\n", nil
}

// A drawing is unfinished SVG, and how far it extends to the left and right.
type drawing struct {
	strings.Builder
	left, right int
}

func (d *drawing) printf(format string, args ...any) { fmt.Fprintf(d, format, args...) }

func (d *drawing) include(x int) { d.left, d.right = min(d.left, x), max(d.right, x) }

func (d *drawing) box(class string, x, y, w, h int) {
	d.include(x)
	d.include(x + w)
	d.printf(`<rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="4"/>`, class, x, y, w, h)
}

// text writes lines centered at x, below y.
func (d *drawing) text(x, y int, lines []string) {
	for i, line := range lines {
		d.printf(`<text x="%d" y="%d">%s</text>`, x, y+(i+1)*lineHigh-4, escape(line))
	}
}

// path draws a message's line to (x, y), where it ends in an arrow that points
// right or left, or in a cross if the message is lost.
func (d *drawing) path(s step, path string, x, y, direction int) {
	class := "message"
	if s.dashed {
		class = "message dashed"
	}
	d.printf(`<path class="%s" d="%s"/>`, class, path)
	if s.lost {
		d.printf(`<path d="M%d %dl10 10m0 -10l-10 10"/>`, x-5, y-5)
	} else {
		d.printf(`<path class="head" d="M%d %dl%d -4v8z"/>`, x, y, -8*direction)
	}
}

// inWords describes the diagram.
func inWords(parts []participant, steps []step) string {
	said := []string{"Sequence diagram."}
	for _, s := range steps {
		text := lineBreak.ReplaceAllString(s.text, " ")
		switch {
		case s.kind == "message" && s.lost:
			said = append(said, fmt.Sprintf("%s to %s, lost: %s.", parts[s.from].label, parts[s.to].label, text))
		case s.kind == "message":
			said = append(said, fmt.Sprintf("%s to %s: %s.", parts[s.from].label, parts[s.to].label, text))
		case s.kind == "note" && s.from != s.to:
			said = append(said, fmt.Sprintf("At %s and %s: %s.", parts[s.from].label, parts[s.to].label, text))
		case s.kind == "note":
			said = append(said, fmt.Sprintf("At %s: %s.", parts[s.from].label, text))
		default:
			said = append(said, strings.TrimSpace(s.kind+" "+text)+".")
		}
	}
	return strings.Join(said, " ")
}

// wrap breaks a text at its line breaks, and between words if a line is too long.
func wrap(text string) []string {
	var lines []string
	for _, part := range lineBreak.Split(text, -1) {
		line := ""
		for _, word := range strings.Fields(part) {
			if line != "" && utf8.RuneCountInString(line+" "+word) > wrapAt {
				lines = append(lines, line)
				line = ""
			}
			line = strings.TrimSpace(line + " " + word)
		}
		lines = append(lines, line)
	}
	return lines
}

func textWidth(text string) int {
	w := 0
	for _, line := range wrap(text) {
		w = max(w, width(line))
	}
	return w
}

// width returns roughly how wide a line is.
func width(line string) int {
	w := 0
	for _, r := range line {
		w += charWidth
		if r >= 0x1100 { // Chinese, Japanese, Korean: twice as wide
			w += charWidth
		}
	}
	return w
}

func abs(n int) int { return max(n, -n) }
