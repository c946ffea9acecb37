package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zeromq-lessons/internal/host"
)

// The number or name of an exercise selects it, and that of a lesson selects all
// of its exercises.
func TestChoose(t *testing.T) {
	var all []task
	for _, pkg := range []string{"01-context/exercises/01a-free-port", "02-req-rep/exercises/02a-upper", "02-req-rep/exercises/02b-count"} {
		id, _, _ := strings.Cut(filepath.Base(pkg), "-")
		all = append(all, task{id: id, pkg: "zeromq-lessons/lessons/" + pkg})
	}
	tests := []struct {
		name, want string
		lesson     bool
	}{
		{"", "01a, 02a, 02b", false},
		{"02a", "02a", false},
		{"2a", "02a", false},
		{"02a-upper", "02a", false},
		{"02", "02a, 02b", true},
		{"2", "02a, 02b", true},
		{"02-req-rep", "02a, 02b", true},
		{"req-rep", "02a, 02b", true},
		{"07", "", false}, // has none
		{"nothing", "", false},
	}
	for _, test := range tests {
		some, lesson, err := choose(all, test.name)
		if ids(some) != test.want || lesson != test.lesson || (err == nil) != (test.want != "") {
			t.Errorf("choose(%q) = %s, %v, %v, want %q, %v", test.name, ids(some), lesson, err, test.want, test.lesson)
		}
	}
}

// A reader copies programs and solves exercises without the packages that test
// them.
func TestNoTestingInPrograms(t *testing.T) {
	t.Parallel()
	const format = `{{if not .Standard}}{{$p := .ImportPath}}{{range .Deps}}{{$p}} {{.}}{{"\n"}}{{end}}{{end}}`
	out, err := exec.Command("go", "list", "-f", format, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	checked := 0
	for line := range strings.Lines(string(out)) {
		pkg, dep, _ := strings.Cut(strings.TrimSpace(line), " ")
		checked++
		if dep == "testing" || strings.HasSuffix(dep, "/testscript") || strings.HasSuffix(dep, "internal/lessontest") || strings.HasSuffix(dep, "internal/exercise") {
			t.Errorf("%s imports %s", pkg, dep)
		}
		if strings.Contains(pkg, "/exercises/") && strings.HasPrefix(dep, "zeromq-lessons/") {
			t.Errorf("%s imports %s: an exercise needs zmq4 and the standard library only", pkg, dep)
		}
	}
	if checked == 0 {
		t.Error("go list lists no imports")
	}
}

// A clone may be in any folder, even in one called lessons.
func TestClone(t *testing.T) {
	if !host.Required("thorough") {
		t.Skip("it compiles everything again: LESSONS_REQUIRE=thorough")
	}
	clone := filepath.Join(t.TempDir(), "my repo", "lessons", "ü")
	for _, name := range []string{"internal", "lessons"} {
		if err := os.CopyFS(filepath.Join(clone, name), os.DirFS(filepath.Join("..", name))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join("..", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(clone, name), text, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"test", "./lessons/02-req-rep/exercises/02a-upper"},
		{"run", "./lessons", "exercises", "02a"},
	} {
		cmd := exec.Command("go", args...)
		cmd.Dir = clone
		cmd.Env = append(os.Environ(), "EXERCISES=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("in a clone in %s: go %s: %v\n%s", clone, strings.Join(args, " "), err, out)
		} else if args[0] == "run" && !strings.Contains(string(out), "edit lessons/02-req-rep/exercises/02a-upper/exercise.go:") && !strings.Contains(string(out), "Right.") {
			t.Errorf("in a clone in %s: go %s printed:\n%s", clone, strings.Join(args, " "), out)
		}
	}
}
