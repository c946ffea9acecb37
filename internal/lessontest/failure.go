package lessontest

import (
	"bufio"
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/rogpeppe/go-internal/txtar"
)

// A failure is a line of a script that failed.
type failure struct {
	where   string // the file and the line
	phase   string // the comment above it
	command string
	message string // if there are no got and want
	got     string
	want    string
	pattern bool // want is a regular expression
}

func (f failure) String() string {
	if f.message != "" {
		return fmt.Sprintf("%s: %s\n%s", f.where, f.command, f.message)
	}
	return fmt.Sprintf("%s: %s\n(%s)\ngot:  %s\nwant: %s", f.where, f.command, f.phase, f.got, f.want)
}

var (
	failLine  = regexp.MustCompile(`^FAIL: (.+?:\d+): (.*)$`)
	phaseTime = regexp.MustCompile(` \(\d+\.\d+s\)$`)
	noMatch   = regexp.MustCompile("^no match for (?:`(.*)`|\"(.*)\") found in ")
)

// failures returns the failures in the log of a script.
func failures(log string) []failure {
	var list []failure
	var f failure
	var output []string // of the last program
	var differ bool     // in the lines of a diff
	for line := range strings.Lines(log) {
		line = strings.TrimSuffix(line, "\n")
		switch m := failLine.FindStringSubmatch(line); {
		case m != nil:
			f.where = m[1]
			if differ { // f already has the first differing lines
				f.got, f.want = cmp.Or(f.got, "no such line"), cmp.Or(f.want, "no such line")
			} else if pattern := noMatch.FindStringSubmatch(m[2]); pattern != nil {
				f.got, f.want = strings.TrimSpace(strings.Join(first(output, 3), "\n      ")), pattern[1]+pattern[2]
				f.pattern = true
			} else {
				f.message = strings.Join(append([]string{m[2]}, first(output, 5)...), "\n")
			}
			list = append(list, f)
			f = failure{phase: f.phase}
			differ = false
		case strings.HasPrefix(line, "# "):
			f.phase = phaseTime.ReplaceAllString(line[2:], "")
		case strings.HasPrefix(line, "> "):
			f = failure{phase: f.phase, command: line[2:]}
		case line == "[stdout]" || line == "[stderr]":
			if strings.HasPrefix(f.command, "exec ") || strings.HasPrefix(f.command, "! exec ") || line == "[stdout]" {
				output = nil
			}
		case strings.HasPrefix(line, "diff "):
			differ = true
		case differ && strings.HasPrefix(line, "-") && !strings.HasPrefix(line, "--- ") && f.got == "":
			f.got = line[1:]
		case differ && strings.HasPrefix(line, "+") && !strings.HasPrefix(line, "+++ ") && f.want == "":
			f.want = line[1:]
		case !differ:
			output = append(output, line)
		}
	}
	return list
}

func first(lines []string, n int) []string {
	if len(lines) > n {
		return append(slices.Clone(lines[:n]), fmt.Sprintf("... and %d more", len(lines)-n))
	}
	return lines
}

// The failures of a test's scripts so far. Only the first are shown in full.
var failed struct {
	sync.Mutex
	list []failure
}

// reportFailures reports which lines of a script failed, briefly enough that the
// failures of all scripts fit on a screen.
func reportFailures(t *testing.T, log string) {
	failed.Lock()
	defer failed.Unlock()
	list := failures(log)
	if len(list) == 0 {
		t.Log(log)
	}
	for _, f := range list {
		if failed.list = append(failed.list, f); len(failed.list) <= 3 {
			t.Log(f)
		} else {
			t.Logf("%s: %s", f.where, f.command)
		}
	}
}

// reportOtherPlaces reports, after a failure, where else the old text appears, and how to
// accept the new one. The maps contain the files of the scripts before and after
// an update.
func reportOtherPlaces(t *testing.T, before, after map[string]string) {
	if !t.Failed() {
		return
	}
	var was, is string
	// The shortest change is in the most lines: a frame on the wire also changes
	// its length and its hexadecimal digits.
	shortest := func(a, b string) {
		if a, b = changed(a, b); a != "" && (was == "" || len(a) < len(was)) {
			was, is = a, b
		}
	}
	for name := range before {
		_, a, b := difference(before[name], after[name])
		shortest(a, b)
	}
	updated := was != ""
	python := !updated // nothing differs but what a Python program is part of
	for _, f := range failed.list {
		if !updated && f.want != "" && !f.pattern {
			shortest(f.want, f.got)
			python = python && (strings.Contains(f.phase, "Python") || strings.Contains(f.phase, "pyzmq"))
		}
	}
	format := "%q changed to %q. These lines contain %[1]q:\n%[3]s"
	if python {
		was, is = is, was
		format = "With Python, %q is printed instead of %q. These lines contain %[1]q:\n%[3]s"
	}
	if was != "" {
		if lines := linesWith(was); lines != "" {
			t.Logf(format, was, is, lines)
		}
	}
	if !*update {
		t.Logf("If the new output is what you want, accept it: go test ./lessons/%s -update", lessonName())
	}
}

func lessonName() string {
	dir, err := os.Getwd()
	if err != nil {
		return "..."
	}
	return filepath.Base(dir)
}

// changed returns the words in which two lines differ, from the first differing
// word to the last.
func changed(was, is string) (string, string) {
	isWord := func(r byte) bool { return r >= 0x80 || unicode.IsLetter(rune(r)) || unicode.IsDigit(rune(r)) }
	start := 0
	for start < min(len(was), len(is)) && was[start] == is[start] {
		start++
	}
	end := 0
	for end < min(len(was), len(is))-start && was[len(was)-1-end] == is[len(is)-1-end] {
		end++
	}
	if was == is {
		return "", ""
	}
	for start > 0 && isWord(was[start-1]) {
		start--
	}
	for end > 0 && isWord(was[len(was)-end]) {
		end--
	}
	return was[start : len(was)-end], is[start : len(is)-end]
}

// linesWith lists the lines of the lesson that contain a text, except in the files
// that a script compares, because -update rewrites those.
func linesWith(text string) string {
	var list []string
	filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "exercises" {
			return filepath.SkipDir
		}
		content, err := os.ReadFile(path)
		if err != nil || d.IsDir() {
			return nil
		}
		if strings.HasSuffix(path, ".txtar") {
			content = txtar.Parse(content).Comment
		}
		var lines []string
		s := bufio.NewScanner(strings.NewReader(string(content)))
		for n := 1; s.Scan(); n++ {
			if strings.Contains(s.Text(), text) {
				lines = append(lines, fmt.Sprint(n))
			}
		}
		if len(lines) > 0 {
			list = append(list, fmt.Sprintf("%s:%s", filepath.ToSlash(path), strings.Join(first(lines, 15), ",")))
		}
		return nil
	})
	return strings.Join(list, "\n")
}
