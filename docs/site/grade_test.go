package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// inOtherWords says why a page judges an attempt in other words than a terminal.
var inOtherWords = map[string]string{
	"02b wrong/goroutines": "a page has one thread, so two goroutines do not use the map at the same time",
	"05a wrong/no bits":    "WebAssembly converts a float32 that does not fit an integer to another number",
}

var (
	attemptName = regexp.MustCompile(`(?:Name: |\{)"([^"]+)"(?:, Attempt)?: (right|wrong)`)
	addition    = regexp.MustCompile(`(?m)^(PASS|FAIL|exit status \d+|ok  \t.*|FAIL\t.*| *--- FAIL: .*)\n`)
	port        = regexp.MustCompile(`(127\.0\.0\.1|\[::\]):\d+`)
	inLoop      = regexp.MustCompile(`still (waiting in (Dial|Close)|running), at wrong_test.go:\d+`)
)

// neutralVerdict returns a verdict without what differs from one run to the next:
// ports, and where the loop of 01b is when it is stopped.
func neutralVerdict(attempt, verdict string) string {
	if attempt == "wrong/own loop" {
		verdict = inLoop.ReplaceAllString(verdict, "still in a loop")
	}
	return port.ReplaceAllString(verdict, "$1:port")
}

// attempts returns the names of the attempts that an exercise's test knows.
func attempts(t *testing.T, dir string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "exercise_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"yours", "solution"}
	for _, m := range attemptName.FindAllStringSubmatch(string(text), -1) {
		names = append(names, m[2]+"/"+m[1])
	}
	if len(names) < 5 {
		t.Fatalf("%s: only the attempts %q", dir, names)
	}
	return names
}

// inTerminal returns what the terminal says about attempts, by their names.
func inTerminal(t *testing.T, dir string, attempts []string) map[string]string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "exercise.test")
	build := exec.Command("go", "test", "-c", "-o", binary)
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	words := map[string]string{}
	for _, attempt := range attempts {
		all.Go(func() {
			cmd := exec.Command(binary, "-test.run=^TestExercise$/^yours$")
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "EXERCISES=", "EXERCISE_YOURS="+attempt)
			out, err := cmd.CombinedOutput()
			if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			words[attempt] = addition.ReplaceAllString(string(out), "")
		})
	}
	all.Wait()
	return words
}

// onPage compiles an exercise and grades attempts, three at a time.
const onPage = `(async (folder, attempts) => {
	const [{ compile, textsOf }, { grade }] = await Promise.all(['exercise.js', 'grade.js'].map((name) => import(new URL(name, base))))
	const { module, errors } = await compile(folder, textsOf(folder))
	if (errors) throw new Error(errors)
	const words = {}
	const next = async () => {
		for (let attempt; (attempt = attempts.shift());) words[attempt] = await grade(module, folder, textsOf(folder), attempt)
	}
	await Promise.all([next(), next(), next()])
	return JSON.stringify(words)
})(%q, %s)`

// A page says the same as go run ./lessons exercises about attempts that an
// exercise's test knows: the stub, the solution and another one, in the first
// exercise of each lesson. If LESSONS_REQUIRE names answers, it does so about all
// attempts in all exercises, which takes minutes.
func TestGrade(t *testing.T) {
	t.Parallel()
	h := serveSite(t, editable)
	b := newTab(t, newBrowser(t))
	b.open(h.page("exercises.html"))
	dirs, err := filepath.Glob("../../lessons/*/exercises/*")
	if err != nil || len(dirs) == 0 {
		t.Fatal(dirs, err)
	}
	for _, dir := range dirs {
		name := filepath.Base(dir)
		if name[len("01")] != 'a' && !requires("answers") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			b := tab{t, b.ctx}
			all := attempts(t, dir)
			if !requires("answers") {
				all = all[:3]
			}
			list, err := json.Marshal(all)
			if err != nil {
				t.Fatal(err)
			}
			var page map[string]string
			text := b.text(fmt.Sprintf(onPage, filepath.ToSlash(strings.TrimPrefix(dir, "../../")), list))
			if err := json.Unmarshal([]byte(text), &page); err != nil {
				t.Fatal(err, text)
			}
			terminal := inTerminal(t, dir, all)
			id, _, _ := strings.Cut(name, "-")
			for _, attempt := range all {
				why := inOtherWords[id+" "+attempt]
				got, want := neutralVerdict(attempt, page[attempt]), neutralVerdict(attempt, terminal[attempt])
				if same := got == want; same != (why == "") {
					t.Errorf("%s: expected difference: %s\nThe page says:\n%s\nThe terminal says:\n%s", attempt, cmp.Or(why, "none"), got, want)
				}
			}
		})
	}
}

// fib computes for minutes, and lets nothing else in its worker run.
const fib = "\nfunc fib(n int) error {\n\tif n > 1 {\n\t\tfib(n - 1)\n\t\tfib(n - 2)\n\t}\n\treturn nil\n}\n"

// A reader solves an exercise on its page, and sees the words of the terminal.
func TestSolve(t *testing.T) {
	t.Parallel()
	const dir = "../../lessons/02-req-rep/exercises/02a-upper"
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	stub := read("exercise.go")
	terminal := func(answer string) string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "exercise.go")
		abs, err := filepath.Abs(filepath.Join(dir, "exercise.go"))
		if err != nil {
			t.Fatal(err)
		}
		overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{abs: file}})
		for name, text := range map[string]string{file: answer, file + ".json": string(overlay)} {
			err = errors.Join(err, os.WriteFile(name, []byte(text), 0o666))
		}
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("go", "test", "-overlay="+file+".json", "-run=^TestExercise$/^yours$")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "EXERCISES=")
		out, _ := cmd.CombinedOutput()
		return addition.ReplaceAllString(strings.ReplaceAll(string(out), file, "./exercise.go"), "")
	}
	h := serveSite(t, editable)
	b := newTab(t, newBrowser(t))
	b.open(h.page("02-req-rep.html"))
	const count = `document.querySelector('main p.solved').textContent`
	b.is(count, "0 of 3 done")
	b.button("document", "Solve 02a here")
	b.is(typing("02a-upper")+" instanceof Element", true)
	b.is(`document.querySelectorAll('.exercise progress').length`, 0)
	grade := func(answer, where, want string) {
		t.Helper()
		if answer != stub {
			b.write("02a-upper", answer)
		}
		b.button("document.querySelector('.exercise')", "Grade")
		b.text(`new Promise((resolve) => { // however long it takes
			const timer = setInterval(() => {
				if (/^(building|grading)$/.test(document.querySelector('.exercise [role=status]').textContent)) return
				clearInterval(timer)
				resolve()
			}, 100)
		})`)
		b.is(fmt.Sprintf(`document.querySelector('.exercise %s').textContent.replace(/127.0.0.1:\d+/, '127.0.0.1:port')`, where), neutralVerdict("", want))
	}
	grade(stub, ".words", terminal(stub))

	// The hints, one by one.
	const hints = `[...document.querySelectorAll('.exercise div > .words')].map((hint) => hint.textContent).join('\n\n') + '\n\n'`
	show := exec.Command("go", "run", "./lessons", "exercises", "02a", "-hint", "4")
	show.Dir = "../.."
	want, err := show.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Hint 1 of 4", "Hint 2 of 4", "Hint 3 of 4", "Solution"} {
		b.button("document.querySelector('.exercise')", name)
	}
	b.is(hints, string(want))

	todo := regexp.MustCompile(`panic\("TODO.*`)
	for where, answer := range map[string]string{
		"[aria-label=Errors]": todo.ReplaceAllString(stub, "nothing()"),
		".words":              todo.ReplaceAllString(stub, "for n := 0; ; n++ { if n < 0 { panic(n) } }"),
	} {
		grade(answer, where, terminal(answer))
	}

	// The page stops what computes without end, and would not let it do anything else.
	b.do(chromedp.Evaluate[chromedp.Void]("{ const timer = setTimeout; setTimeout = (f, ms) => timer(f, Math.min(ms, 10000)) }"))
	endless := todo.ReplaceAllString(stub, "return fib(90)") + fib
	grade(endless, ".words", "Not yet.\n\nYour program is still running. Does it have a loop that never ends?\n"+regexp.MustCompile(`(?s)\nHint 2.*`).FindString(terminal(todo.ReplaceAllString(stub, "return nil"))))

	right := strings.Replace(read("solution_test.go"), "func solution(", "func Serve(", 1)
	grade(right, ".words", terminal(right))
	b.is(count, "1 of 3 done")
	b.button("document", "Close editor")
	b.is(`document.querySelectorAll('.exercise').length + document.activeElement.textContent`, "0Solve 02a here")
	b.open(h.page("exercises.html"))
	b.is(count, fmt.Sprintf("1 of %s done", b.text(`document.querySelectorAll('.solve').length`)))
	b.is(`document.querySelector('a.solved').textContent`, "02a-upper")
}
