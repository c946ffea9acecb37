package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"regexp"
	"strings"

	"zeromq-lessons/internal/hints"
)

const exercisesUsage = `Usage:

	go run ./lessons exercises                list the exercises, and which comes next
	go run ./lessons exercises 02             list those of a lesson
	go run ./lessons exercises ID             grade one, such as 02a
	go run ./lessons exercises ID -hint N     show its hints up to the Nth
`

// A task is an exercise in its folder.
type task struct {
	id, pkg, dir string
}

// file returns the file that the reader edits, from the repository's root.
func (t task) file() string {
	return strings.TrimPrefix(t.pkg, "zeromq-lessons/") + "/exercise.go"
}

// exercises does what the arguments after "exercises" say, and returns the
// exit status.
func exercises(ctx context.Context, args []string) (status int, err error) {
	flags := flag.NewFlagSet("exercises", flag.ContinueOnError)
	flags.Usage = func() { fmt.Fprint(flags.Output(), exercisesUsage) }
	hint := flags.Int("hint", 0, "")
	var id string
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		id, args = args[0], args[1:]
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0, nil
	case err != nil:
		return 2, nil // Parse has said why
	case flags.NArg() > 0 || *hint < 0 || (*hint > 0 && id == ""):
		flags.Usage()
		return 2, nil
	}

	all, err := tasks(ctx)
	if err != nil {
		return 1, err
	}
	if id == "" {
		return listTasks(ctx, os.Stdout, all)
	}
	var ids []string
	var lesson []task
	for _, t := range all {
		if t.id[:2] == id || t.id[:2] == "0"+id {
			lesson = append(lesson, t)
		}
		if t.id == id || t.id == "0"+id || path.Base(t.pkg) == id {
			if *hint > 0 {
				return 0, showHints(os.Stdout, t, *hint)
			}
			return gradeTask(ctx, t)
		}
		ids = append(ids, t.id)
	}
	if len(lesson) > 0 && *hint > 0 {
		return 2, fmt.Errorf("-hint needs one exercise, such as %s", lesson[0].id)
	}
	if len(lesson) > 0 {
		return listTasks(ctx, os.Stdout, lesson)
	}
	return 2, fmt.Errorf("no exercise is called %q: choose one of %s", id, strings.Join(ids, ", "))
}

// tasks finds the exercises of all lessons, in order.
func tasks(ctx context.Context) ([]task, error) {
	list := command(ctx, "go", "list", "-e", "-f", "{{.ImportPath}}\t{{.Dir}}", "zeromq-lessons/lessons/...")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var all []task
	for line := range strings.Lines(string(out)) {
		pkg, dir, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if strings.Contains(pkg, "/exercises/") {
			id, _, _ := strings.Cut(path.Base(pkg), "-")
			all = append(all, task{id, pkg, dir})
		}
	}
	return all, nil
}

// listTasks tests the exercises and lists how each stands, as soon as it and
// those before it are known: the first time, each takes a while to compile.
func listTasks(ctx context.Context, w io.Writer, all []task) (status int, err error) {
	args := []string{"test", "-json", "-run", "^TestExercise$/^yours$"}
	for _, t := range all {
		args = append(args, t.pkg)
	}
	test := command(ctx, "go", args...)
	out, err := test.StdoutPipe()
	if err == nil {
		err = test.Start()
	}
	if err != nil {
		return 1, err
	}

	states := map[string]string{"pass": "done", "skip": "open", "fail": "failing"}
	yours := map[string]string{} // the state of each package's test
	ended := map[string]bool{}
	listed, next, lesson := 0, -1, ""
	for decoder := json.NewDecoder(out); ; {
		var event struct{ Package, Test, Action string }
		if err := decoder.Decode(&event); err == io.EOF {
			break
		} else if err != nil {
			return 1, fmt.Errorf("go test -json: %w", err)
		}
		state := states[event.Action]
		if state != "" && event.Test == "TestExercise/yours" {
			yours[event.Package] = state
		}
		if state != "" && event.Test == "" {
			ended[event.Package] = true
		}
		for listed < len(all) && ended[all[listed].pkg] {
			t := all[listed]
			if name := strings.Split(t.pkg, "/")[2]; name != lesson {
				lesson = name
				fmt.Fprintln(w, lesson)
			}
			state := cmp.Or(yours[t.pkg], "failing") // it does not compile
			if next < 0 && state != "done" {
				next = listed
			}
			fmt.Fprintf(w, "    %-8s %s\n", state, path.Base(t.pkg))
			listed++
		}
	}
	err = test.Wait() // which fails if an exercise does
	if listed < len(all) {
		return 1, fmt.Errorf("go test: %w", cmp.Or(err, errors.New("it ended too early")))
	}
	if next < 0 {
		fmt.Fprintln(w, "\nAll are done.")
		return 0, nil
	}
	fmt.Fprintf(w, "\nNext comes %s. Edit %s, then type\n\n    go run ./lessons exercises %s\n", all[next].id, all[next].file(), all[next].id)
	return 0, nil
}

// gradeTask runs an exercise's test, and prints what the test says to the
// reader, without what go test adds.
func gradeTask(ctx context.Context, t task) (status int, err error) {
	test := command(ctx, "go", "test", "-run", "^TestExercise$/^yours$")
	test.Dir = t.dir
	test.Stderr = os.Stderr
	out, err := test.Output()
	for line := range strings.Lines(string(out)) {
		if !addition.MatchString(line) {
			fmt.Print(line)
		}
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// addition matches the lines that go test adds to a test's own.
var addition = regexp.MustCompile(`^(PASS|FAIL|exit status \d+|ok  \t.*|FAIL\t.*| *--- FAIL: .*)\n$`)

func showHints(w io.Writer, t task, n int) error {
	all, err := hints.Read(t.dir)
	if err != nil {
		return err
	}
	for i, hint := range all[:min(n, len(all))] {
		fmt.Fprintf(w, "Hint %d of %d: %s\n\n", i+1, len(all), hint)
	}
	return nil
}
