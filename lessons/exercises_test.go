package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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
