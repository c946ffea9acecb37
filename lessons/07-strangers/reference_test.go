package strangers_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"zeromq-lessons/internal/lessontest"
)

// reference is the guard's reference page.
const reference = "../../docs/guard.md"

// The reference page has the tables of all strangers and of the benchmark's
// recorded ratios, and shows code of the guard.
func TestReference(t *testing.T) {
	text := read(t, reference)
	want := replaceTable(t, text, "| stranger | lesson 02's server | lesson 07's server |", strangersTable())
	want = replaceTable(t, want, "| message | clients | vs. zmq4 | vs. pyzmq | vs. TCP |", ratiosTable(t))
	if lessontest.Update() {
		if err := os.WriteFile(reference, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if text != want {
		t.Errorf("a table in %s is out of date: go test ./lessons/07-strangers -update", reference)
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

// ratiosTable has a row for each size and number of clients, with the medians
// of the benchmark's recorded output.
func ratiosTable(t *testing.T) (rows string) {
	medians := regexp.MustCompile(`^BenchmarkRoundTrip/(\w+)/(\d+)/(plain|pyzmq|raw)-\d+ .* ([\d.]+) x\s`)
	n := 0
	for lines := bufio.NewScanner(strings.NewReader(read(t, "testdata/bench.out"))); lines.Scan(); {
		m := medians.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		if m[3] == "plain" {
			rows += fmt.Sprintf("| %s | %s |", regexp.MustCompile(`^\d+`).ReplaceAllString(m[1], "$0 "), m[2])
		}
		var ratio float64
		fmt.Sscan(m[4], &ratio)
		rows += fmt.Sprintf(" %.2g |", ratio)
		if m[3] == "raw" {
			rows += "\n"
		}
		n++
	}
	if n != 36 {
		t.Fatalf("the recorded output has %d medians, not 36", n)
	}
	return rows
}
