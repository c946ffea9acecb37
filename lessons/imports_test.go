package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zeromq-lessons/internal/lessontest"
)

// TestImports compares the list in CONTRIBUTING.md with the actual imports. It
// checks that nothing in internal imports a lesson, that a reader can copy
// programs and solve exercises without the packages that test them, and that the
// tour compiles quickly.
func TestImports(t *testing.T) {
	t.Parallel()
	const file = "../CONTRIBUTING.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)(```text\n)(.*?)(```)")
	found := block.FindSubmatch(text)
	if found == nil {
		t.Fatal("CONTRIBUTING.md has no text block")
	}
	want := importList(t)
	if lessontest.Update() {
		text = block.ReplaceAll(text, []byte("${1}"+want+"${3}"))
		if err := os.WriteFile(file, text, 0o666); err != nil {
			t.Fatal(err)
		}
	} else if got := string(found[2]); got != want {
		t.Errorf("CONTRIBUTING.md lists other imports than the code has: run go test ./lessons -run Imports -update\ngot:\n%s\nwant:\n%s", got, want)
	}
}

// importList returns one line for each folder of the module, with the folders
// that it imports.
func importList(t *testing.T) string {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports,Deps", "zeromq-lessons/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	imports := map[string][]string{}
	add := func(from string, all []string) {
		for _, to := range all {
			if to := folder(to); to != "" && to != strings.TrimSuffix(from, " (tests)") && !slices.Contains(imports[from], to) {
				imports[from] = append(imports[from], to)
			}
		}
	}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath                               string
			Imports, TestImports, XTestImports, Deps []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for _, dep := range p.Deps {
			tests := dep == "testing" || folder(dep) == "internal/lessontest" || folder(dep) == "internal/exercise"
			if tests && strings.HasPrefix(p.ImportPath, "zeromq-lessons/lessons") {
				t.Errorf("%s imports %s", p.ImportPath, dep)
			}
			if slow.MatchString(dep) && p.ImportPath == "zeromq-lessons/lessons" {
				t.Errorf("the tour imports %s, so a reader's first command takes longer: use packages that the lessons' programs import, too", dep)
			}
			if folder(dep) != "" && strings.Contains(p.ImportPath, "/exercises/") {
				t.Errorf("%s imports %s: an exercise needs zmq4 and the standard library only", p.ImportPath, dep)
			}
		}
		from := folder(p.ImportPath)
		add(from, p.Imports)
		add(from+" (tests)", append(p.TestImports, p.XTestImports...))
	}
	var lines []string
	for from, to := range imports {
		slices.Sort(to)
		if strings.HasPrefix(from, "internal/") && slices.ContainsFunc(to, func(to string) bool { return strings.HasPrefix(to, "lessons") }) {
			t.Errorf("%s imports %v: imports go from the lessons to internal", from, to)
		}
		lines = append(lines, fmt.Sprintf("%-31s → %s\n", from, strings.Join(to, ", ")))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// slow matches packages that lesson 02's programs do not import, and that together
// take seconds to compile.
var slow = regexp.MustCompile(`^(bufio|encoding/json|go/.*|regexp|text/.*)$`)

var numbered = regexp.MustCompile(`^lessons/\d\d-[^/]+`)

// folder returns the folder that the list shows for a package, or "" if the
// package is not in this module. The list shows all lessons as one folder.
func folder(path string) string {
	path, ours := strings.CutPrefix(path, "zeromq-lessons/")
	switch {
	case !ours:
		return ""
	case numbered.MatchString(path) && strings.Contains(path, "/exercises/"):
		return "lessons/NN-*/exercises"
	case numbered.MatchString(path):
		return numbered.ReplaceAllString(path, "lessons/NN-*")
	}
	return path
}
