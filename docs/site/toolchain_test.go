package main

import (
	"bytes"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// What a page downloads to edit a program is at most 10.5 MB, with what grades
// exercises at most 12.5 MB, and the licenses are beside it.
func TestEditorSize(t *testing.T) {
	if !required() {
		t.Skip("packing takes a minute (LESSONS_REQUIRE=browser)")
	}
	if available("") == gzipped {
		t.Fatal("there is no command zstd")
	}
	files, err := editable()
	if err != nil {
		t.Fatal(err)
	}
	edit, all := 0, 0
	for name, data := range files {
		if filepath.Ext(name) == ".bin" {
			t.Logf("%s: %d bytes", name, len(data))
			all += len(data)
			if !strings.HasPrefix(name, "more-") && !strings.HasPrefix(name, "grading-") {
				edit += len(data)
			}
		}
	}
	t.Logf("to edit a program: %d bytes; with all packages, and to grade exercises: %d bytes", edit, all)
	if strings.HasPrefix(runtime.Version(), "go1.26") && (edit > 10_500_000 || all > 12_500_000) {
		t.Errorf("%d bytes to edit a program, and %d with exercises, want at most 10.5 and 12.5 MB", edit, all)
	}
	for _, want := range []string{"The Go Authors", "github.com/go-zeromq/zmq4 v"} {
		if !strings.Contains(string(files["licenses.txt"]), want) {
			t.Errorf("licenses.txt does not have %q", want)
		}
	}
}

// Where the command zstd is missing, the build packs with gzip, and says so.
func TestWithoutZstd(t *testing.T) {
	var said bytes.Buffer
	log.SetOutput(&said)
	defer log.SetOutput(os.Stderr)
	t.Setenv("PATH", t.TempDir())
	if level := available("-19"); level != gzipped || !strings.Contains(said.String(), "without the command zstd") {
		t.Errorf("it packs with %s, and says %q", level, &said)
	}
}

// A page says what a program can import, and that is all that the lessons' programs do.
func TestImportable(t *testing.T) {
	var want []string
	for _, g := range groups() {
		want = append(want, strings.Fields(g.importable)...)
	}
	page, err := os.ReadFile("../edit.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(page), "\n## What you can import\n")
	list, _, _ = strings.Cut(list, "\n## ")
	var got []string
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(list, -1) {
		got = append(got, m[1])
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("docs/edit.md says\n%q\nand packages.go\n%q", got, want)
	}
	sources, err := programSources("../..")
	if err != nil || len(sources) < 18 {
		t.Fatal(len(sources), err)
	}
	first := strings.Fields(groups()[0].importable + " " + groups()[1].importable)
	for dir, files := range sources {
		for name, s := range files {
			block, _, _ := strings.Cut(s.Text, "\n)")
			for _, m := range regexp.MustCompile(`(?m)^(?:import |\t)(?:\w+ )?"([^"]+)"$`).FindAllStringSubmatch(block, -1) {
				if !slices.Contains(first, m[1]) {
					t.Errorf("%s/%s imports %s", dir, name, m[1])
				}
			}
		}
	}
}

// If Go's files are not what the overlays expect, the build says which.
func TestToolsShape(t *testing.T) {
	goroot, err := goFolder()
	if err != nil {
		t.Fatal(err)
	}
	cmd := t.TempDir()
	names := []string{"compile/main.go", "compile/internal/ssa/config.go", "link/main.go"}
	texts := map[string]string{}
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(cmd, filepath.Dir(name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(cmd, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(goroot, "src/cmd", name))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(text)
		write(name, string(text))
	}
	if _, err := tools(cmd); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, old, by, want string }{
		{"compile/main.go", `"riscv64":`, `"riscv128":`, "chooses among 12 of the 13 processors"},
		{"compile/internal/ssa/config.go", `"s390x":`, `"s391x":`, "chooses among 12 of the 13 processors"},
		{"link/main.go", "func main() {", "func main () {\n}\n\nfunc other() {", "chooses among 0 of the 13 processors"},
		{"link/main.go", "package main\n", "package linker\n", `has not one "package main\n"`},
	} {
		changed := strings.Replace(texts[test.name], test.old, test.by, 1)
		if changed == texts[test.name] {
			t.Fatalf("%s has no %s", test.name, test.old)
		}
		write(test.name, changed)
		if _, err := tools(cmd); err == nil || !strings.Contains(err.Error(), test.name) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s with %q: %v", test.name, test.by, err)
		}
		write(test.name, texts[test.name])
	}
}
