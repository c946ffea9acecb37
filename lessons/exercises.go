package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"

	"zeromq-lessons/internal/hints"
)

const exercisesUsage = `Usage:

	go run ./lessons exercises                list the exercises, and say which one comes next
	go run ./lessons exercises LESSON         list the exercises of a lesson, such as 02
	go run ./lessons exercises ID             grade an exercise, such as 02a
	go run ./lessons exercises ID -hint N     show its first N hints
`

// A task is an exercise in its folder.
type task struct {
	id, pkg, dir string
}

// lesson returns the name of the task's lesson.
func (t task) lesson() string { return strings.Split(t.pkg, "/")[2] }

// file returns the file that the reader edits, relative to the repository's root.
func (t task) file() string {
	return strings.TrimPrefix(t.pkg, "zeromq-lessons/") + "/exercise.go"
}

// exercises runs the command "exercises" with the arguments that follow it, and
// returns the exit status.
func exercises(ctx context.Context, args []string) (status int, err error) {
	flags := flag.NewFlagSet("exercises", flag.ContinueOnError)
	flags.Usage = func() { fmt.Fprint(flags.Output(), exercisesUsage) }
	hint := flags.Int("hint", 0, "")
	var name string
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0, nil
	case err != nil:
		return 2, nil // Parse printed why
	case flags.NArg() > 0:
		fmt.Fprintf(flags.Output(), "unexpected argument: %q\n", flags.Arg(0))
		flags.Usage()
		return 2, nil
	}

	all, err := tasks(ctx)
	if err != nil {
		return 1, err
	}
	some, lesson, err := choose(all, name)
	switch {
	case err != nil:
		return 2, err
	case *hint > 0 && len(some) != 1:
		return 2, fmt.Errorf("-hint needs one exercise: choose one of %s", ids(some))
	case *hint > 0:
		return 0, showHints(os.Stdout, some[0], *hint)
	case name == "" || lesson:
		return listTasks(ctx, os.Stdout, some)
	default:
		return gradeTask(ctx, some[0])
	}
}

// choose returns the exercise with that number or name, or all exercises of the
// lesson with that number or name. Without a name, it returns all exercises.
func choose(all []task, name string) (some []task, lesson bool, err error) {
	if name == "" {
		return all, false, nil
	}
	for _, t := range all {
		if name == t.id || "0"+name == t.id || name == path.Base(t.pkg) {
			return []task{t}, false, nil
		}
	}
	found, err := find(lessons(), name)
	if err != nil {
		return nil, false, fmt.Errorf("no exercise or lesson is called %q: choose one of %s", name, ids(all))
	}
	for _, t := range all {
		if t.lesson() == found {
			some = append(some, t)
		}
	}
	if len(some) == 0 {
		return nil, false, fmt.Errorf("lesson %s has no exercises, but its page suggests things to try: see lessons/%s/README.md", found, found)
	}
	return some, true, nil
}

// ids lists the numbers of the exercises.
func ids(all []task) string {
	var list []string
	for _, t := range all {
		list = append(list, t.id)
	}
	return strings.Join(list, ", ")
}

// tasks finds the exercises of all lessons, in order.
func tasks(ctx context.Context) ([]task, error) {
	list := command(ctx, "go", "list", "-find", "-f", "{{.ImportPath}}\t{{.Dir}}", "zeromq-lessons/lessons/...")
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

// listTasks tests the exercises and lists the state of each as soon as it is
// known, in order: the first time, each takes a while to compile.
func listTasks(ctx context.Context, w io.Writer, all []task) (status int, err error) {
	args := []string{"test", "-v", "-run", "^TestExercise$/^yours$"}
	for _, t := range all {
		args = append(args, t.pkg)
	}
	states := map[string]string{} // the state of each exercise whose test has ended
	state := "failing"            // of the next one, whose test may not compile
	listed, next, lesson := 0, -1, ""
	test := command(ctx, "go", args...)
	test.Stdout = &lines{w: writer(func(line []byte) (int, error) {
		result, rest, _ := strings.Cut(string(line), "\t")
		result, _, _ = strings.Cut(result, ": TestExercise/yours ")
		switch result {
		case "    --- PASS":
			state = "done"
		case "    --- SKIP":
			state = "open"
		case "    --- FAIL":
			state = "failing"
		case "ok  ", "FAIL", "?   ":
			var pkg string
			fmt.Sscan(rest, &pkg)
			states[pkg], state = state, "failing"
		}
		for listed < len(all) && states[all[listed].pkg] != "" {
			t := all[listed]
			if t.lesson() != lesson {
				lesson = t.lesson()
				fmt.Fprintln(w, lesson)
			}
			if next < 0 && states[t.pkg] != "done" {
				next = listed
			}
			fmt.Fprintf(w, "    %-8s %s\n", states[t.pkg], path.Base(t.pkg))
			listed++
		}
		return len(line), nil
	})}
	err = test.Run() // which fails if an exercise does
	if listed < len(all) {
		return 1, fmt.Errorf("go test: %w", cmp.Or(err, errors.New("it stopped too early")))
	}
	if next < 0 {
		fmt.Fprintln(w, "\nAll of them are done.")
		return 0, nil
	}
	fmt.Fprintf(w, "\nNext is %s. Edit %s, then type\n\n    go run ./lessons exercises %s\n", all[next].id, all[next].file(), all[next].id)
	return 0, nil
}

// gradeTask runs an exercise's test and prints what the test tells the reader,
// without the lines that go test adds.
func gradeTask(ctx context.Context, t task) (status int, err error) {
	test := command(ctx, "go", "test", "-run", "^TestExercise$/^yours$")
	test.Dir = t.dir
	test.Stderr = os.Stderr
	out, err := test.Output()
	for line := range strings.Lines(string(out)) {
		if !addition(line) {
			fmt.Print(line)
		}
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// addition reports whether go test added a line to what a test printed.
func addition(line string) bool {
	starts := []string{"PASS\n", "FAIL\n", "exit status ", "ok  \t", "FAIL\t", "--- FAIL: ", "    --- FAIL: "}
	return slices.ContainsFunc(starts, func(start string) bool { return strings.HasPrefix(line, start) })
}

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
