package main

import (
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
