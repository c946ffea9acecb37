package lessontest

import (
	"fmt"
	"maps"
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
// differs from what the tests ran:
//
//   - a go or python block must appear, line for line, in a file of that language;
//   - a text block must appear, line for line, in a file of one of the scripts, or
//     in testdata/*.out, which contains recorded output that differs each time;
//   - a script must run each command of a sh block;
//   - a mermaid block is a drawing, which it does not check.
//
// With -update it corrects the blocks for which that is safe. The before map
// contains the files of the scripts before the update.
func checkPage(t *testing.T, before map[string]string) {
	const page = "README.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	lesson, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	after := members(t)
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
	}
	sources["text"] = slices.AppendSeq(sources["text"], maps.Values(after))

	wrong, corrected := 0, string(text)

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
					if text, err := os.ReadFile(script); err == nil && strings.Contains(string(text), "[!thorough]") {
						t.Errorf("%s:%d: %q runs only a part: LESSONS_REQUIRE=thorough", page, b.line, command)
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
			if slices.ContainsFunc(sources[b.lang], func(s string) bool { return containsLines(s, want) }) {
				continue
			}
			now, ok := followed(want, before, after)
			if !ok {
				now, ok = closest(want, sources[b.lang])
			}
			if ok && *update {
				corrected = strings.Replace(corrected, "```"+b.lang+"\n"+b.text+"```", "```"+b.lang+"\n"+shown(now)+"```", 1)
				continue
			}
			if wrong++; wrong > 3 {
				t.Errorf("%s:%d: and this %s block", page, b.line, b.lang)
				continue
			}
			n, got, is := difference(want, now)
			if ok {
				t.Errorf("%s:%d: this %s block is not what ran\ngot:  %s\nwant: %s", page, b.line+n, b.lang, is, got)
			} else {
				line, _, _ := strings.Cut(b.text, "\n")
				t.Errorf("%s:%d: this %s block is in no file that ran. It begins with\n%s", page, b.line, b.lang, line)
			}
		default:
			t.Errorf("%s:%d: a block of an unknown language %q", page, b.line, b.lang)
		}
	}
	if corrected != string(text) {
		if err := os.WriteFile(page, []byte(corrected), 0o666); err != nil {
			t.Error(err)
		}
	}
}

// members returns the files in the lesson's scripts, keyed by the names of the
// script and the file.
func members(t *testing.T) map[string]string {
	all := map[string]string{}
	for _, script := range scripts(t, "testdata") {
		archive, err := txtar.ParseFile(script)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			all[script+"/"+f.Name] = neutral(string(f.Data))
		}
	}
	return all
}

// followed returns what a text in one of the files before is in the files after.
func followed(text string, before, after map[string]string) (string, bool) {
	for name, was := range before {
		is := after[name]
		start, rest, ok := strings.Cut("\n"+was, "\n"+text)
		if !ok || is == was || strings.Count(was, "\n") != strings.Count(is, "\n") {
			continue
		}
		lines := strings.SplitAfter(is, "\n")
		return strings.Join(lines[strings.Count(start, "\n"):len(lines)-1-strings.Count(rest, "\n")], ""), true
	}
	return "", false
}

// closest returns the only part of the sources that differs from the text in a few
// lines, as after an edit: at least half of the lines are the same, and if lines
// were added or removed, the first and the last line are the same.
func closest(text string, sources []string) (part string, ok bool) {
	want := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	best := 0.5
	for _, source := range sources {
		lines := strings.SplitAfter(strings.TrimSuffix(source, "\n"), "\n")
		for n := max(1, len(want)-5); n <= len(want)+5; n++ {
			for i := range len(lines) - n + 1 {
				window := lines[i : i+n]
				same := func(i, j int) bool { return strings.TrimSpace(want[i]) == strings.TrimSpace(window[j]) }
				if n != len(want) && !(same(0, 0) && same(len(want)-1, n-1)) {
					continue
				}
				switch score := similarity(want, window); {
				case score > best:
					best, part, ok = score, dedent(strings.Join(window, "")), true
				case score == best && ok:
					ok = part == dedent(strings.Join(window, "")) // ambiguous unless both are the same
				}
			}
		}
	}
	return strings.TrimSuffix(part, "\n") + "\n", ok
}

// similarity returns how similar two texts are, line by line, from 0 to 1: twice
// the length of the longest common subsequence, divided by the sum of the lengths.
func similarity(a, b []string) float64 {
	row := make([]int, len(b)+1)
	for i := range a {
		diagonal := 0
		for j := range b {
			above := row[j+1]
			if strings.TrimSpace(a[i]) == strings.TrimSpace(b[j]) {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			diagonal = above
		}
	}
	return 2 * float64(row[len(b)]) / float64(len(a)+len(b))
}

// dedent removes the indentation that all lines have.
func dedent(text string) string {
	for {
		for line := range strings.Lines(text) {
			if line[0] != '\t' && !strings.HasPrefix(line, "    ") && strings.TrimSpace(line) != "" {
				return text
			}
		}
		text = regexp.MustCompile(`(?m)^(\t|    )`).ReplaceAllString(text, "")
	}
}

// difference returns the number of the first line, from 1, in which two texts
// differ, and that line of each.
func difference(a, b string) (n int, in, is string) {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for n < min(len(as), len(bs))-1 && as[n] == bs[n] {
		n++
	}
	return n + 1, as[n], bs[n]
}

// Difference describes the first line in which a text is not what it should be.
func Difference(got, want string) string {
	n, is, should := difference(got, want)
	return fmt.Sprintf("line %d differs\ngot:  %s\nwant: %s", n, is, should)
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

// containsLines reports whether the text contains the lines, one after the other and
// with the same additional indentation.
func containsLines(text, lines string) bool {
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

// neutral replaces the endpoints that a page shows with a script's variables.
func neutral(text string) string {
	return strings.NewReplacer(
		"tcp://127.0.0.1:5555", "$ENDPOINT",
		"tcp://127.0.0.1:5556", "$ENDPOINT2",
		"127.0.0.1:5555", "$ADDRESS",
		"127.0.0.1:5556", "$ADDRESS2",
	).Replace(text)
}

// shown is the opposite of neutral.
func shown(text string) string {
	return strings.NewReplacer(
		"$ENDPOINT2", "tcp://127.0.0.1:5556",
		"$ENDPOINT", "tcp://127.0.0.1:5555",
		"$ADDRESS2", "127.0.0.1:5556",
		"$ADDRESS", "127.0.0.1:5555",
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

// execLine matches an exec, with or without conditions and negation.
var execLine = regexp.MustCompile(`(?m)^(?:\[.*\] )?(?:! )?exec (.*)$`)

// goTest returns the file that a command like these runs, or the folder of all
// scripts if it names none:
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

// asExec turns a command that a reader types into what follows exec in a script:
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

// aProgram matches a lesson's program that precedes its arguments, with python in
// front if it is a Python program.
var aProgram = regexp.MustCompile(`^(\$PYTHON )?\S*(server|client|broker|worker)(\.py)?`)
