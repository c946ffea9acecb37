package lessontest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

func scripts(t *testing.T, dir string) []string {
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in %s: %v", dir, err)
	}
	return files
}

// A block is a fenced code block of a page.
type block struct {
	line int
	lang string
	text string
}

var fence = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

func blocks(page string) []block {
	var list []block
	for _, m := range fence.FindAllStringSubmatchIndex(page, -1) {
		list = append(list, block{
			line: 1 + strings.Count(page[:m[0]], "\n"),
			lang: page[m[2]:m[3]],
			text: page[m[4]:m[5]],
		})
	}
	return list
}

// checkPage fails the test for each code block of the lesson's README.md that
// is not what the tests ran:
//
//   - a go or python block stands, line for line, in a file of that language;
//   - a text block stands, line for line, in a file of one of the scripts, or
//     in testdata/*.out: what was recorded because it is never the same twice;
//   - each command of a sh block is one that a script runs;
//   - a mermaid block is a drawing, and free.
func checkPage(t *testing.T) {
	const page = "README.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	lesson, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string][]string{
		"go":     readGlobs(t, "*.go", "*/*.go"),
		"python": readGlobs(t, "python/*.py"),
		"text":   readGlobs(t, "testdata/*.out"),
	}
	var ran []string // the commands of all scripts
	for _, file := range scripts(t, "testdata") {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		ran = append(ran, execs(string(archive.Comment))...)
		for _, f := range archive.Files {
			sources["text"] = append(sources["text"], neutral(string(f.Data)))
		}
	}

	for _, b := range blocks(string(text)) {
		if strings.TrimSpace(b.text) == "" {
			t.Errorf("%s:%d: an empty block", page, b.line)
		}
		switch b.lang {
		case "mermaid":
		case "sh":
			for command := range strings.Lines(b.text) {
				command = strings.TrimSpace(command)
				if script, ok := goTest(command, filepath.Base(lesson)); ok {
					if _, err := os.Stat(script); err != nil {
						t.Errorf("%s:%d: %q runs nothing: %v", page, b.line, command, err)
					}
					continue
				}
				if id, ok := strings.CutPrefix(command, "go run ./lessons exercises "); ok {
					if dirs, err := filepath.Glob(filepath.Join("exercises", id+"-*")); err != nil || len(dirs) != 1 {
						t.Errorf("%s:%d: there is no exercise %s", page, b.line, id)
					}
					continue
				}
				if run := asExec(command, filepath.Base(lesson)); !slices.Contains(ran, run) {
					t.Errorf("%s:%d: no script runs %q", page, b.line, run)
				}
			}
		case "go", "python", "text":
			want := b.text
			if b.lang == "text" {
				want = neutral(want)
			}
			if !slices.ContainsFunc(sources[b.lang], func(s string) bool { return holds(s, want) }) {
				t.Errorf("%s:%d: this %s block is in no file that ran:\n%s", page, b.line, b.lang, b.text)
			}
		default:
			t.Errorf("%s:%d: a block of an unknown language %q", page, b.line, b.lang)
		}
	}
}

func readGlobs(t *testing.T, patterns ...string) []string {
	var texts []string
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, string(text))
		}
	}
	return texts
}

// holds reports whether the lines stand in the text, one after the other and
// indented alike.
func holds(text, lines string) bool {
	for _, indent := range []string{"\t", "    "} { // Go's, Python's
		for depth := range 5 {
			shifted := regexp.MustCompile(`(?m)^(.)`).ReplaceAllString(lines, strings.Repeat(indent, depth)+"$1")
			if strings.Contains("\n"+text, "\n"+shifted) {
				return true
			}
		}
	}
	return false
}

// neutral puts a script's variables in place of the endpoints that a page shows.
func neutral(text string) string {
	return strings.NewReplacer(
		"tcp://127.0.0.1:5555", "$ENDPOINT",
		"tcp://127.0.0.1:5556", "$ENDPOINT2",
		"127.0.0.1:5555", "$ADDRESS",
		"127.0.0.1:5556", "$ADDRESS2",
	).Replace(text)
}

// execs lists the programs that a script runs, each with its arguments.
func execs(script string) []string {
	var list []string
	for _, line := range execLine.FindAllStringSubmatch(script, -1) {
		program, _, _ := strings.Cut(line[1], " &")
		list = append(list, neutral(program))
	}
	return list
}

// execLine matches an exec, whether it has conditions and must fail or not.
var execLine = regexp.MustCompile(`(?m)^(?:\[.*\] )?(?:! )?exec (.*)$`)

// goTest returns the file that a command like one of these runs, or the folder
// of all scripts if it names none:
//
//	go test ./lessons/02-req-rep -run Lesson/bad -v
//	go test -bench . ./lessons/05-multipart
func goTest(command, lesson string) (file string, ok bool) {
	if command == "go test -bench . ./lessons/"+lesson {
		return "bench_test.go", true
	}
	args, ok := strings.CutPrefix(command, "go test ./lessons/"+lesson)
	if !ok {
		return "", false
	}
	if _, script, ok := strings.Cut(args, "-run Lesson/"); ok {
		return filepath.Join("testdata", strings.Fields(script)[0]+".txtar"), true
	}
	return "testdata", true
}

// asExec turns a command that a reader types into what a script says after exec:
//
//	go run ./lessons/02-req-rep/server       server -bind $ENDPOINT
//	go run ./lessons/01-context/server       01-context-server -bind $ENDPOINT
//	python3 lessons/02-req-rep/python/client.py      $PYTHON $LESSON/python/client.py -connect $ENDPOINT
//	go run ./lessons/02-req-rep/client Ada   client -connect $ENDPOINT Ada
//	go run ./lessons -wire 02                lessons -wire 02
func asExec(command, lesson string) string {
	command = neutral(command)
	command = strings.Replace(command, "go run ./lessons/"+lesson+"/", "", 1)
	if other, ok := strings.CutPrefix(command, "go run ./lessons/"); ok {
		command = strings.Replace(other, "/", "-", 1)
	}
	command = strings.Replace(command, "go run ./lessons ", "lessons ", 1)
	command = strings.Replace(command, "python3 lessons/"+lesson+"/", "$PYTHON $LESSON/", 1)
	program := aProgram.FindString(command)
	args := strings.TrimPrefix(command, program)
	switch {
	case strings.Contains(program, "server") && !strings.Contains(args, "-bind"):
		args = " -bind $ENDPOINT" + args
	case strings.Contains(program, "client") && !strings.Contains(args, "-connect"):
		args = " -connect $ENDPOINT" + args
	case program == "broker" && !strings.Contains(args, "-bind"):
		args = " -bind guard://$ADDRESS -workers guard://$ADDRESS2" + args
	case program == "worker" && !strings.Contains(args, "-connect"):
		args = " -connect $ENDPOINT2" + args
	}
	return program + args
}

// aProgram matches a lesson's program in front of its arguments, with Python in
// front of it if it is a Python program.
var aProgram = regexp.MustCompile(`^(\$PYTHON )?\S*(server|client|broker|worker)(\.py)?`)
