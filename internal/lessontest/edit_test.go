package lessontest

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// After an edit of a program, the failures fit on a screen. Then -update changes
// what it can, and names all other lines that have to change.
func TestEdit(t *testing.T) {
	Thorough(t)
	const screen = 50
	root := t.TempDir()
	copyRepository(t, root)
	lesson := filepath.Join(root, "lessons", "02-req-rep")
	edit := func(file string, lines ...int) {
		t.Helper()
		file = filepath.Join(lesson, file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list := strings.SplitAfter(string(text), "\n")
		for i, line := range list {
			if lines == nil || slices.Contains(lines, i+1) {
				list[i] = strings.ReplaceAll(line, "Hello", "Hi")
			}
		}
		if err := os.WriteFile(file, []byte(strings.Join(list, "")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	goTest := func(args ...string) (out string, err error) {
		cmd := exec.Command("go", append([]string{"test", "./lessons/02-req-rep"}, args...)...)
		cmd.Dir = root
		text, err := cmd.CombinedOutput()
		return string(text), err
	}

	edit("server/main.go")
	out, err := goTest()
	if n := strings.Count(out, "\n"); err == nil || n > screen {
		t.Errorf("after the edit, go test ended with %v and printed %d lines:\n%s", err, n, out)
	}
	for _, want := range []string{"README.md:", "python/server.py:", "go test ./lessons/02-req-rep -update"} {
		if !strings.Contains(out, want) {
			t.Errorf("after the edit, go test did not print %q:\n%s", want, out)
		}
	}
	// Which scripts fail first differs from one run to the next.
	lines := regexp.MustCompile(`got:  (.*)\n +want: (.*)\n`).FindAllStringSubmatch(out, -1)
	if !slices.ContainsFunc(lines, func(m []string) bool {
		return strings.Contains(m[1], "Hi, ") && strings.ReplaceAll(m[1], "Hi, ", "Hello, ") == strings.Trim(m[2], "^$")
	}) {
		t.Errorf("after the edit, go test did not print a line with Hi, and the same with Hello:\n%s", out)
	}

	out, err = goTest("-update")
	if n := strings.Count(out, "\n"); err == nil || n > screen {
		t.Errorf("go test -update ended with %v and printed %d lines:\n%s", err, n, out)
	}
	if again, _ := goTest(); !strings.Contains(again, "With Python, \"Hello\" is printed instead of \"Hi\".") {
		t.Errorf("after -update, go test printed\n%s", again)
	}
	for _, named := range regexp.MustCompile(`(?m)^ +([\w./-]+):([\d,]+)$`).FindAllStringSubmatch(out, -1) {
		var lines []int
		for _, n := range strings.Split(named[2], ",") {
			line, _ := strconv.Atoi(n)
			lines = append(lines, line)
		}
		edit(named[1], lines...)
	}
	if again, err := goTest("-update"); err != nil { // which also accepts what Python prints
		t.Errorf("what -update named was\n%s\nbut with that changed, go test still fails:\n%s", out, again)
	}
}

// copyRepository copies everything that the lessons' tests need.
func copyRepository(t *testing.T, to string) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "site" || d.Name() == "fuzz"):
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o777)
		case !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), text, 0o666)
	})
	if err != nil {
		t.Fatal(err)
	}
}
