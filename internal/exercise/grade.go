// Package exercise grades a reader's answer, and checks the exercise itself.
//
// An exercise is a folder with one package. exercise.go contains the stub that
// the reader completes, solution_test.go the reference solution with the hints
// above it, and wrong_test.go typical wrong answers. exercise_test.go says how to
// try an attempt, and passes all of this to [Test].
//
// Each attempt runs in a separate process, so an attempt that panics, hangs
// or exits is reported like any other mistake. The peers that it talks to are
// goroutines of that process. So no program that a reader may have edited is
// involved, and the watcher knows when nothing more will happen.
package exercise

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zeromq-lessons/internal/hints"
	"zeromq-lessons/internal/host"
)

// An Exercise says how to grade attempts of type F, a function type.
type Exercise[F any] struct {
	Stub, Solution F
	Right          map[string]F // other answers that must pass
	Wrong          []Wrong[F]   // at least three typical wrong answers
	Learned        string       // what the reader can do now, and where it is used

	// Try runs an attempt against peers, and calls t's methods to check what it
	// does. It passes an unexpected error from the attempt to t.Err.
	Try func(t *Try, attempt F)
}

// Wrong is an attempt that must fail with a message that says what is wrong.
type Wrong[F any] struct {
	Name    string
	Attempt F
	Message string // a regular expression that the message must match
}

// A result is the outcome of one attempt.
type result struct {
	Message string // what is wrong; empty if nothing is
	todo    string // the line to edit, if the reader has not started
	printed string // what the attempt printed
}

// These environment variables tell a child process which attempt to run, and the
// folder to which it writes its verdict.
const (
	attemptEnv = "EXERCISE_ATTEMPT"
	dirEnv     = "EXERCISE_DIR"
)

// yoursEnv names an attempt to run in place of the reader's, for a test that
// compares what the reader sees in a terminal and in a web page.
const yoursEnv = "EXERCISE_YOURS"

// Files in that folder.
const (
	verdictFile = "verdict.json" // a result
	requestFile = "request"      // the last request that was sent
	outputFile  = "output"       // what the process printed
)

// Test grades the solution, the other answers, and the reader's stub. The test
// that calls it must be named TestExercise.
func Test[F any](t *testing.T, e Exercise[F]) {
	attempts := map[string]F{"yours": e.Stub, "solution": e.Solution}
	for name, attempt := range e.Right {
		attempts["right/"+name] = attempt
	}
	for _, w := range e.Wrong {
		attempts["wrong/"+w.Name] = w.Attempt
	}
	if name := os.Getenv(yoursEnv); name != "" {
		attempts["yours"] = attempts[name]
	}
	if name := os.Getenv(attemptEnv); name != "" {
		run(t, e.Try, attempts[name])
	}

	if len(e.Wrong) < 3 {
		t.Errorf("%d wrong answers, want at least 3", len(e.Wrong))
	}
	right := []string{"solution"}
	for _, name := range slices.Sorted(maps.Keys(e.Right)) {
		right = append(right, "right/"+name)
	}
	for _, name := range right {
		t.Run(name, func(t *testing.T) {
			if name != "solution" {
				thorough(t)
			}
			t.Parallel()
			if r := grade(t, name); r.Message != "" {
				t.Errorf("a right answer is refused:\n%s\nIt printed:\n%s", r.Message, r.printed)
			}
		})
	}
	for _, w := range e.Wrong {
		name := "wrong/" + w.Name
		t.Run(name, func(t *testing.T) {
			thorough(t)
			t.Parallel()
			r := grade(t, name)
			if r.todo != "" || !regexp.MustCompile(w.Message).MatchString(r.Message) {
				t.Errorf("a wrong answer gets the message:\n%s\nwant a match for %q", r.Message, w.Message)
			}
		})
	}
	t.Run("yours", func(t *testing.T) {
		all, err := hints.Read(".")
		if err != nil {
			t.Fatal(err)
		}
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		id, _, _ := strings.Cut(filepath.Base(dir), "-")
		r := grade(t, "yours")
		fmt.Print(report(r, id, all, e.Learned))
		switch {
		case r.todo != "":
			t.SkipNow()
		case os.Getenv("EXERCISES") == "unsolved":
			t.Errorf("EXERCISES=unsolved, but exercise.go is edited")
		case r.Message != "":
			t.Fail()
		}
	})
}

// thorough skips a test of the exercise itself.
func thorough(t *testing.T) {
	if !host.Required("thorough") {
		t.Skip("for CI, and for those who change an exercise: LESSONS_REQUIRE=thorough")
	}
}

// report returns the message for the reader.
func report(r result, id string, hints []string, learned string) string {
	var s strings.Builder
	hint := func(n int) {
		n = min(n, len(hints))
		fmt.Fprintf(&s, "\nHint %d of %d: %s\n", n, len(hints), hints[n-1])
		if n < len(hints) {
			fmt.Fprintf(&s, "More hints: go run ./lessons exercises %s -hint %d\n", id, n+1)
		}
	}
	if r.printed != "" {
		fmt.Fprintf(&s, "Your program printed:\n%s\n", indent(r.printed))
	}
	switch {
	case r.todo != "":
		fmt.Fprintf(&s, "To do: edit %s\n", r.todo)
		hint(1)
	case r.Message != "":
		fmt.Fprintf(&s, "Not yet.\n\n%s\n", r.Message)
		hint(2)
	default:
		fmt.Fprintf(&s, "Right. %s\n", learned)
	}
	return s.String()
}

// indent indents each line of a program's output, and omits lines after the
// fortieth.
func indent(text string) string {
	const most = 40
	var s strings.Builder
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	for _, line := range lines[:min(len(lines), most)] {
		s.WriteString("    " + line)
	}
	if len(lines) > most {
		fmt.Fprintf(&s, "    ... and %d more lines", len(lines)-most)
	}
	return s.String() + "\n"
}

// grade runs an attempt in a separate process.
func grade(t *testing.T, name string) result {
	t.Helper()
	dir, status := runAttempt(t, name)
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		return string(text)
	}
	out := read(outputFile)
	if before, report, ok := strings.Cut(out, "==================\nWARNING: DATA RACE"); ok { // seen under go test -race
		return result{printed: before, Message: "Two goroutines of your program use the same variable at the same time:" + report}
	}
	if text := read(verdictFile); text != "" {
		r := result{printed: out}
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	return died(out, read(requestFile), status)
}

var (
	crash    = regexp.MustCompile(`(?m)^(?:panic: (.*?)(?: \[recovered.*\])?|(fatal error: .*))$`)
	todoLine = regexp.MustCompile(`(?m)^\t.*/(lessons/[^/\n]+/exercises/[^/\n]+/exercise\.go:\d+)`)
	ownLine  = regexp.MustCompile(`(?m)^\t.*/((exercise|solution_test|wrong_test)\.go):(\d+)`)
)

// died returns the result of an attempt that ended its process.
func died(output, request string, status int) result {
	found := crash.FindStringSubmatchIndex(output)
	if found == nil {
		return result{printed: output, Message: fmt.Sprintf(
			"Your program ended with exit status %d before it returned. It must not call os.Exit or log.Fatal: return the error instead.", status)}
	}
	printed, trace := output[:found[0]], output[found[0]:]
	what := crash.FindStringSubmatch(trace)
	if where := todoLine.FindStringSubmatch(trace); where != nil && strings.HasPrefix(what[1], "TODO: ") {
		return result{printed: printed, todo: where[1]}
	}
	message := "Your program panicked: " + what[1]
	if what[1] == "" {
		message = "Your program crashed: " + what[2]
	}
	if where := ownLine.FindStringSubmatch(trace); where != nil {
		message += "\nat " + where[1] + ":" + where[3]
	}
	if request != "" {
		message += "\nafter the request: " + request
	}
	return result{printed: printed, Message: message}
}
