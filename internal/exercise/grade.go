// Package exercise grades what a reader writes, and grades the exercise itself.
//
// An exercise is a folder with one package: exercise.go holds the stub that
// the reader completes, solution_test.go the reference solution under the
// hints, wrong_test.go what learners get wrong, and exercise_test.go says how
// an attempt is tried and hands all of it to [Test].
//
// Each attempt runs in a process of its own. So an attempt that panics, hangs
// or never returns is told as a mistake like any other.
package exercise

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"zeromq-lessons/internal/hints"
	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
)

// TODO is the error that an untouched stub returns.
//
//lint:ignore ST1012 it is to be read as what it is in the stub
var TODO = errors.New("this exercise is still to do")

// An Exercise says how attempts of type F are graded. F is a function's type.
type Exercise[F any] struct {
	Stub, Solution F
	Wrong          []Wrong[F] // what learners write, at least three
	Learnt         string     // what one can do now, and where it is used

	// Try runs an attempt against peers, and calls t's methods for what is
	// wrong with it. An error that the attempt returns where it should not
	// goes to t.Err.
	Try func(t *Try, attempt F)
}

// Wrong is an attempt that must be told what is wrong with it.
type Wrong[F any] struct {
	Name    string
	Attempt F
	Message string // a regular expression that the message must match
	Hangs   bool   // the attempt never ends: do not wait for it as long as for others
}

// How long an attempt may take.
const (
	patience    = 10 * time.Second
	noPatience  = 2 * time.Second  // for a wrong answer that hangs
	allPatience = 60 * time.Second // for the solution, which must pass on a slow computer too
)

// A verdict is what came of one attempt. Its zero value means that all is right.
type verdict struct {
	ToDo    bool
	Message string
}

// These variables tell a child process which attempt to run, where the
// programs are, and the folder for its verdict and its servers' process ids.
const (
	attemptEnv = "EXERCISE_ATTEMPT"
	binEnv     = "EXERCISE_BIN"
	dirEnv     = "EXERCISE_DIR"
)

// Main runs the tests of an exercise. The programs are the peers that it
// needs, as for [lessontest.Main].
func Main(m *testing.M, programs ...string) {
	if bin := os.Getenv(binEnv); bin != "" { // built by the parent, or by the lesson's test
		lessontest.UsePrograms(bin)
		os.Exit(m.Run())
	}
	lessontest.Main(m, programs...)
}

// Test grades the solution, the wrong answers, and the reader's stub. It must
// be called by a test named TestExercise.
func Test[F any](t *testing.T, e Exercise[F]) {
	if name := os.Getenv(attemptEnv); name != "" {
		switch name {
		case "yours":
			runChild(e, e.Stub, patience)
		case "solution":
			runChild(e, e.Solution, allPatience)
		}
		for _, w := range e.Wrong {
			if name == "wrong: "+w.Name && w.Hangs {
				runChild(e, w.Attempt, noPatience)
			} else if name == "wrong: "+w.Name {
				runChild(e, w.Attempt, patience)
			}
		}
	}

	t.Run("solution", func(t *testing.T) {
		t.Parallel()
		if v := grade(t, "solution"); v != (verdict{}) {
			t.Errorf("the solution is told:\n%s", v.Message)
		}
	})
	if len(e.Wrong) < 3 {
		t.Errorf("%d wrong answers, want at least 3", len(e.Wrong))
	}
	for _, w := range e.Wrong {
		t.Run("wrong/"+w.Name, func(t *testing.T) {
			if !host.Required("thorough") {
				t.Skip("for CI, and for who changes an exercise: LESSONS_REQUIRE=thorough")
			}
			t.Parallel()
			v := grade(t, "wrong: "+w.Name)
			if v.ToDo || !regexp.MustCompile(w.Message).MatchString(v.Message) {
				t.Errorf("a wrong answer is told:\n%s\nwant a match for %q", v.Message, w.Message)
			}
		})
	}
	t.Run("yours", func(t *testing.T) {
		all, err := hints.Read(".")
		if err != nil {
			t.Fatal(err)
		}
		v := grade(t, "yours")
		switch {
		case v.ToDo:
			line, err := todoLine("exercise.go")
			if err != nil {
				t.Fatal(err)
			}
			fmt.Printf("To do: edit %s\n\n%s\n%s\n", line, hint(all, 1), more(2))
			t.SkipNow()
		case os.Getenv("EXERCISES") == "unsolved":
			t.Errorf("EXERCISES=unsolved, but the stub in exercise.go is edited")
		case v.Message != "":
			fmt.Printf("Not yet.\n\n%s\n\n%s\n%s\n", v.Message, hint(all, 2), more(3))
			t.Fail()
		default:
			fmt.Printf("Right. %s\n", e.Learnt)
		}
	})
}

func hint(all []string, n int) string {
	n = min(n, len(all))
	return fmt.Sprintf("Hint %d of %d: %s", n, len(all), all[n-1])
}

// more says how to see the next hint.
func more(n int) string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	id, _, _ := strings.Cut(filepath.Base(dir), "-")
	return fmt.Sprintf("More hints: go run ./lessons exercises %s -hint %d", id, n)
}

// todoLine returns where the reader has to edit, as file:line from the
// repository's root.
func todoLine(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	before, _, ok := bytes.Cut(text, []byte("// TODO"))
	if !ok || bytes.Count(text, []byte("TODO")) != 2 {
		return "", fmt.Errorf("%s must hold one comment that begins with TODO, and one exercise.TODO", file)
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	_, path, ok := strings.Cut(filepath.ToSlash(abs), "/lessons/")
	if !ok {
		return "", fmt.Errorf("%s is in no lesson", abs)
	}
	return fmt.Sprintf("lessons/%s:%d", path, 1+bytes.Count(before, []byte("\n"))), nil
}

// grade runs an attempt in a child process.
func grade(t *testing.T, name string) verdict {
	t.Helper()
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestExercise$", "-test.timeout=2m")
	python, err := host.Python()
	if err != nil {
		t.Fatal(err)
	}
	child.Env = append(os.Environ(), attemptEnv+"="+name, dirEnv+"="+dir,
		binEnv+"="+lessontest.Programs(), "LESSONS_PYTHON="+cmp.Or(python, "none"))
	out, err := child.CombinedOutput()
	pids, globErr := filepath.Glob(filepath.Join(dir, "*.pid"))
	if globErr != nil {
		t.Fatal(globErr)
	}
	for _, file := range pids {
		pid, _ := strconv.Atoi(strings.TrimSuffix(filepath.Base(file), ".pid"))
		if server, err := os.FindProcess(pid); err == nil {
			server.Kill()
		}
	}

	if strings.Contains(string(out), "WARNING: DATA RACE") { // seen under go test -race
		return verdict{Message: fmt.Sprintf("Two goroutines of your program use the same variable at once:\n%s", out)}
	}
	var v verdict
	text, readErr := os.ReadFile(filepath.Join(dir, "verdict.json"))
	if readErr == nil {
		readErr = json.Unmarshal(text, &v)
	}
	if readErr == nil {
		return v
	}
	// No verdict: the attempt has taken its process down.
	return verdict{Message: died(string(out), err)}
}

var (
	asked     = regexp.MustCompile(`(?m)^request: .*$`)
	panicLine = regexp.MustCompile(`(?m)^((?:panic|fatal error): .*?)(?: \[recovered.*\])?$`)
	ownLine   = regexp.MustCompile(`/exercises/[^/]+/((?:exercise|solution_test|wrong_test)\.go:\d+)`)
)

func died(output string, err error) string {
	match := panicLine.FindStringSubmatch(output)
	if match == nil {
		return fmt.Sprintf("Your program ended too early (%v). It printed:\n%s", err, output)
	}
	what := match[1]
	if requests := asked.FindAllString(output, -1); requests != nil {
		what += "\nafter the " + requests[len(requests)-1]
	}
	if where := ownLine.FindStringSubmatch(output); where != nil {
		return fmt.Sprintf("Your program ended with a %s\nat %s", what, where[1])
	}
	return fmt.Sprintf("Your program ended with a %s", what)
}

// runChild tries one attempt, writes the verdict and ends the process.
func runChild[F any](e Exercise[F], attempt F, patience time.Duration) {
	try := new(Try)
	timer := time.AfterFunc(patience, func() { try.hung(patience) })
	e.Try(try, attempt)
	timer.Stop()
	try.right()
}

// hung ends the try and says where the attempt stands still.
func (t *Try) hung(patience time.Duration) {
	after := fmt.Sprintf("After %v your program", patience)
	now, _ := t.now.Load().(string)
	if now != "" {
		after = fmt.Sprintf("%s\n%s", now, after)
	}
	goroutine, where := ownGoroutine()
	if where == "" {
		t.Fail("%s has not come to an end.", after)
	}
	for _, call := range []string{"Recv", "Send", "Dial", "Close", "Listen"} {
		if strings.Contains(goroutine, "."+call+"(") {
			message := fmt.Sprintf("%s still waits in %s, at %s.", after, call, where)
			if now == "" {
				message += "\n" + reasons[call]
			}
			t.Fail("%s", message)
		}
	}
	t.Fail("%s still runs, at %s.", after, where)
}

// reasons says why an attempt may wait for ever where nothing has happened that
// it should have seen.
var reasons = map[string]string{
	"Recv": "Nothing comes. A REQ socket sends before it receives, and a REP socket replies to every request before it receives the next.",
	"Send": "Nobody takes what it sends.",
	"Dial": "Nobody answers at that endpoint.",
}
