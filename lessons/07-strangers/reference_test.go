package strangers_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"zeromq-lessons/internal/lessontest"
)

// reference is the guard's reference page.
const reference = "../../docs/guard.md"

// The reference page has the tables of all strangers and of the benchmark's
// recorded ratios, and a plot of them, and shows code of the guard.
func TestReference(t *testing.T) {
	text := read(t, reference)
	want := replaceTable(t, text, "| stranger | lesson 02's server | lesson 07's server |", strangersTable())
	lines := benchmark(t)
	want = replaceTable(t, want, "| message | 1 client | 8 clients | 64 clients |", ratiosTable(lines))
	for file, want := range map[string]string{reference: want, "../../docs/guard.svg": plot(lines)} {
		if lessontest.Update() {
			if err := os.WriteFile(file, []byte(want), 0o666); err != nil {
				t.Fatal(err)
			}
		} else if read(t, file) != want {
			t.Errorf("%s is out of date: go test ./lessons/07-strangers -update", file)
		}
	}

	var code string
	files, err := filepath.Glob("guard/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for line := range strings.Lines(read(t, file)) {
			code += strings.TrimSpace(line) + "\n"
		}
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(text, -1)
	if len(blocks) == 0 {
		t.Errorf("no code in %s", reference)
	}
	for _, block := range blocks {
		var lines string
		for line := range strings.Lines(block[1]) {
			lines += strings.TrimSpace(line) + "\n"
		}
		if !strings.Contains(code, lines) {
			t.Errorf("%s shows code that the guard does not have:\n%s", reference, block[1])
		}
	}
}

// replaceTable replaces the rows of the table with this head.
func replaceTable(t *testing.T, text, head, rows string) string {
	before, rest, ok := strings.Cut(text, head)
	_, after, ok2 := strings.Cut(rest, "\n\n")
	if !ok || !ok2 {
		t.Fatalf("%s has no table %q", reference, head)
	}
	line := strings.Repeat("|---", strings.Count(head, "|")-1) + "|"
	return before + head + "\n" + line + "\n" + rows + "\n" + after
}

func strangersTable() (rows string) {
	for _, s := range strangers {
		rows += fmt.Sprintf("| %s | %s | %s |\n", s.name, s.plain, s.guarded)
	}
	return rows
}

// A measured line of the recorded benchmark has the quartiles of these ratios to
// pyzmq, and of the guarded server's ratio to plain zmq4.
type measured struct {
	message, clients string
	ratios           [5]quartiles
}

type quartiles struct{ median, low, high float64 }

// kinds are the first ratios of a measured line, and their colors in the plot.
var kinds = [4]struct{ name, color string }{
	{"zmq4", "#a0a0a0"}, {"guarded zmq4", "#0a7ea4"}, {"guarded zmq4, GOGC=1000", "#7cc4dc"}, {"TCP without a library", "#d9822b"},
}

// benchmark reads the recorded output of docs/compare.
func benchmark(t *testing.T) (lines []measured) {
	load := regexp.MustCompile(`(?m)^(\d+ \w+), (\d+) clients? +\d+/s +(.*)$`)
	ratio := regexp.MustCompile(`([\d.]+) \(([\d.]+)-([\d.]+)\)`)
	for _, m := range load.FindAllStringSubmatch(read(t, "../../docs/compare/servers.txt"), -1) {
		line := measured{message: m[1], clients: m[2]}
		for i, r := range ratio.FindAllStringSubmatch(m[3], -1) {
			q := &line.ratios[i]
			for j, value := range []*float64{&q.median, &q.low, &q.high} {
				var err error
				if *value, err = strconv.ParseFloat(r[j+1], 64); err != nil {
					t.Fatal(err)
				}
			}
		}
		lines = append(lines, line)
	}
	if len(lines) != 11 {
		t.Fatalf("the recorded benchmark has %d loads, not 11", len(lines))
	}
	return lines
}

// ratiosTable has a row for each size of a message.
func ratiosTable(lines []measured) (rows string) {
	for i, line := range lines {
		if i == 0 || line.message != lines[i-1].message {
			rows += fmt.Sprintf("\n| %s |", line.message)
		}
		rows += fmt.Sprintf(" %.1f, %.1f |", line.ratios[1].median, line.ratios[4].median)
	}
	return strings.TrimPrefix(rows, "\n") + " |\n" // 64 clients do not send 1 MiB
}

// plot draws a dot for each kind and load, and a line from its first quartile to
// its third. Equal distances are equal factors.
func plot(lines []measured) string {
	const left, right, top, row = 130, 620, 50, 24
	bottom := top + row*len(lines)
	x := func(ratio float64) float64 { return left + (right-left)*(math.Log2(ratio)+2)/5 } // from 1/4 to 8
	var b strings.Builder
	text := func(x float64, y int, anchor, s string) {
		fmt.Fprintf(&b, "<text x=\"%.0f\" y=\"%d\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, s)
	}
	line := func(x1 float64, y1 int, x2 float64, y2 int, color string, width int) {
		fmt.Fprintf(&b, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\" stroke-width=\"%d\"/>\n", x1, y1, x2, y2, color, width)
	}
	dot := func(x float64, y int, color string) {
		fmt.Fprintf(&b, "<circle cx=\"%.1f\" cy=\"%d\" r=\"4\" fill=\"%s\"/>\n", x, y, color)
	}

	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 %d" width="640" height="%[1]d" role="img" aria-label="%s" font-family="sans-serif" font-size="13" fill="#808080">`+"\n",
		bottom+24, "Round trips per second, relative to pyzmq")
	at := 20.0
	for _, kind := range kinds {
		dot(at, 16, kind.color)
		text(at+10, 20, "start", kind.name)
		at += 36 + 7.4*float64(len(kind.name))
	}
	for _, ratio := range []float64{0.25, 0.5, 1, 2, 4, 8} {
		width := 1
		if ratio == 1 {
			width = 2
		}
		line(x(ratio), top-8, x(ratio), bottom, "#c0c0c0", width)
		text(x(ratio), bottom+16, "middle", fmt.Sprint(ratio))
	}
	for i, measured := range lines {
		y := top + row*i
		clients := " clients"
		if measured.clients == "1" {
			clients = " client"
		}
		text(left-10, y+12, "end", measured.message+", "+measured.clients+clients)
		for j, kind := range kinds {
			q, y := measured.ratios[j], y+3*j+4
			line(x(q.low), y, x(q.high), y, kind.color, 2)
			dot(x(q.median), y, kind.color)
		}
	}
	return b.String() + "</svg>\n"
}
