package main

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// These tests edit the lessons' programs on their pages, as a reader would.

func TestEditor(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *host, tab)
	}{
		{"programs", testEditedPrograms},
		{"two servers", testEditedServers},
		{"removed pane", testRemovedPane},
		{"faults", testEditedFaults},
		{"mistakes", testMistakes},
		{"other words", testOtherWords},
		{"typing", testTyping},
		{"kept", testKept},
		{"plain", testPlain},
		{"looks", testEditorLooks},
		{"exercise keys", testExerciseKeys},
		{"no editor", testNoEditor},
		{"offline", testOffline},
		{"gzip", testGzip},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, serveSite(t, editable), newTab(t, browser))
		})
	}
}

// lesson02 returns the text of one of lesson 02's programs, with one text in
// another's place.
func lesson02(t *testing.T, name, old, by string) string {
	t.Helper()
	text, err := os.ReadFile("../../lessons/02-req-rep/" + name + "/main.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s has no %s", name, old)
	}
	return strings.Replace(string(text), old, by, 1)
}

// typing is what the reader types into, in JavaScript.
func typing(name string) string {
	return fmt.Sprintf("document.querySelector('.editor[aria-label=\"Edit %s\"] div:not([hidden]) > div')?.shadowRoot.querySelector('.cm-content')", name)
}

// edit opens the editor of a pane's program, and waits for the compiler.
func (b tab) edit(n int, name string) {
	b.Helper()
	b.button(pane(n), "Edit")
	b.is(typing(name)+" instanceof Element", true)
	b.is(`document.querySelectorAll('.editor progress').length`, 0)
}

// write pastes a text over what is in an editor.
func (b tab) write(name, text string) {
	b.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](typing(name)+".focus()"),
		chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)),
		chromedp.Evaluate[chromedp.Void](fmt.Sprintf("{ const clipboardData = new DataTransfer(); clipboardData.setData('text/plain', %q); %s.dispatchEvent(new ClipboardEvent('paste', { clipboardData })) }", text, typing(name))))
}

// An edited program talks to one that was not, and what does not compile says what
// go build says.
func testEditedPrograms(t *testing.T, h *host, b tab) {
	b.open(h.page("02-req-rep.html"))
	b.run("02-req-rep/client")
	b.status(1, "exit status 0")
	b.edit(1, "client")
	b.start(1, "") // as it is
	b.status(1, "exit status 0")
	b.output(1, transcripts(t, h)["02-req-rep"].Client)
	b.write("client", lesson02(t, "client", `"World"`, `"Ada"`))
	b.start(1, "")
	b.status(1, "exit status 0")
	b.is(pane(1)+`.querySelector('pre').textContent.split('\n')[0]`, `sent "Ada", received "Hello, Ada!"`)

	b.edit(0, "server")
	b.write("server", lesson02(t, "server", `"Hello, "`, `"Servus, "`))
	b.button(`document.querySelector('.editor[aria-label="Edit server"]')`, "Run")
	b.output(0, "") // of the server before
	b.status(0, "running")
	b.start(1, "")
	b.status(1, "exit status 0")
	b.is(pane(1)+`.querySelector('pre').textContent.split('\n')[0]`, `sent "Ada", received "Servus, Ada!"`)
	b.button(pane(0), "Stop")
	b.status(0, "exit status 0")

	b.write("client", lesson02(t, "client", `"os"`, "\"os\"\n\t\"sort\""))
	b.start(1, "")
	b.status(1, "exit status 1")
	b.output(1, "# zeromq-lessons/lessons/02-req-rep/client\nlessons/02-req-rep/client/main.go:13:2: \"sort\" imported and not used\n")
}

// Two servers take turns, and both run what the reader has edited: when a block
// starts them, and when the editor does.
func testEditedServers(t *testing.T, h *host, b tab) {
	b.open(h.page("02-req-rep.html"))
	b.run("5556")
	b.status(2, "exit status 0")
	replies := func(greeting string) {
		t.Helper()
		client := strings.ReplaceAll(member(t, "02-req-rep/testdata/round-robin.txtar", "client.txt"), "Hello, ", greeting)
		b.output(2, client)
		b.status(2, "exit status 0")
		for n, want := range []string{"server1.txt", "server2.txt"} {
			b.output(n, member(t, "02-req-rep/testdata/round-robin.txtar", want))
		}
	}
	b.do(chromedp.Evaluate[chromedp.Void](`
		const post = Worker.prototype.postMessage
		compiled = 0
		Worker.prototype.postMessage = function (message, transfer) {
			if (message.op === 'build' && !message.check) compiled++
			post.call(this, message, transfer)
		}`))
	b.edit(0, "server")
	b.write("server", lesson02(t, "server", `"Hello, "`, `"Servus, "`))
	b.run("5556")
	replies("Servus, ")
	b.is("compiled", 1)

	b.button(pane(1), "Edit") // the same editor
	b.output(1, member(t, "02-req-rep/testdata/round-robin.txtar", "server2.txt"))
	b.write("server", lesson02(t, "server", `"Hello, "`, `"Moin, "`))
	b.button(`document.querySelector('.editor')`, "Run")
	for n := range 2 {
		b.output(n, "")
		b.status(n, "running")
	}
	b.button(pane(2), "Start")
	replies("Moin, ")
	b.is("compiled", 2)

	// A compiler that was stopped has compiled nothing.
	b.button(pane(0), "Stop")
	b.status(0, "exit status 0")
	b.write("server", lesson02(t, "server", `"Hello, "`, `"Ahoi, "`))
	b.text("import(new URL('compiler.js', base)).then(({ stop }) => { " + pane(0) + ".querySelector('button').click(); setTimeout(stop) })")
	b.status(0, "exit status 1")
	b.start(0, "")
	b.status(0, "running")
}

// If the reader has removed the pane, Run starts the program in another one, with the
// same arguments, and then again in that one.
func testRemovedPane(t *testing.T, h *host, b tab) {
	b.open02(h)
	const args = "-connect tcp://localhost:5555"
	b.start(1, args)
	b.status(1, "exit status 0")
	b.button(pane(1), "Remove")
	b.is(`document.querySelectorAll('.pane').length`, 1)
	for _, name := range []string{"Ada", "Bob"} {
		b.write("client", lesson02(t, "client", `"World"`, `"`+name+`"`))
		b.button(`document.querySelector('.editor')`, "Run")
		b.is(pane(1)+`?.querySelector('pre').textContent.split('\n')[0]`, fmt.Sprintf("sent %q, received \"Hello, %s!\"", name, name))
		b.status(1, "exit status 0")
		b.is(pane(1)+`.querySelector('input').value`, args)
		b.is(`document.querySelectorAll('.pane').length`, 2)
	}
}

// A program that goes wrong does it as elsewhere, and can be stopped.
func testEditedFaults(t *testing.T, h *host, b tab) {
	b.open(h.page("02-req-rep.html"))
	b.run("02-req-rep/server")
	b.edit(0, "server")
	run := func(body string) {
		t.Helper()
		b.write("server", "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Println(\"begins\")\n\t"+body+"\n}\n")
		b.button(`document.querySelector('.editor')`, "Run")
		b.is(pane(0)+`.querySelector('pre').textContent.split('\n')[0]`, "begins")
	}
	const output = `.querySelector('pre').textContent.replace(/\d+/g, 'N').split('\n').slice(1, 5).join('|')`
	run("var m map[string]int\n\tm[\"a\"] = 1")
	b.status(0, "exit status 2")
	b.is(pane(0)+output, "panic: assignment to entry in nil map||goroutine N [running]:|main.main()")
	b.is(pane(0)+`.querySelector('pre').textContent.includes('zeromq-lessons/lessons/02-req-rep/server/main.go:8 ')`, true)
	run("go func() { panic(\"in a goroutine\") }()\n\tselect {}")
	b.status(0, "exit status 2")
	b.is(pane(0)+output, "panic: in a goroutine||goroutine N [running]:|main.main.funcN()")
	for _, body := range []string{"for {\n\t}", "<-make(chan int)", "for i := 0; ; i++ {\n\t\tfmt.Println(i)\n\t}"} {
		run(body)
		b.status(0, "running")
		b.button(pane(0), "Stop")
		b.status(0, "signal: interrupt")
	}
}

// mistakes are edits of lesson 02's client: a text, and what takes its place.
var mistakes = map[string][2]string{
	"unused import":         {`"os"`, "\"os\"\n\t\"sort\""},
	"unused variable":       {"log.SetFlags(0)", "log.SetFlags(0)\n\tx := 1"},
	"two unused":            {"log.SetFlags(0)", "log.SetFlags(0)\n\tx, y := 1, 2\n\tvar z string"},
	"missing parenthesis":   {"log.SetFlags(0)", "log.SetFlags("},
	"extra brace":           {"func main", "}\nfunc main"},
	"no operand":            {"log.SetFlags(0)", "log.SetFlags(0)\n\tx := 1 +\n"},
	"undefined":             {"log.SetFlags", "log.SetFlag"},
	"not exported":          {"log.SetFlags", "log.setFlags"},
	"method":                {"req.Recv()", "req.Receive()"},
	"interface":             {"log.SetFlags(0)", "log.SetFlags(0)\n\tvar s fmt.Stringer = 1"},
	"too few":               {"log.SetFlags(0)", "log.SetFlags()"},
	"too many results":      {"msg, err := req.Recv()", "msg := req.Recv()"},
	"missing return":        {"func main", "func f() int {\n\tfor {\n\t\tbreak\n\t}\n}\n\nfunc main"},
	"redeclared":            {"func main", "func main() {}\n\nfunc main"},
	"no new variables":      {"log.SetFlags(0)", "log.SetFlags(0)\n\terr := error(nil)\n\terr := error(nil)\n\t_ = err"},
	"more than ten":         {"log.SetFlags(0)", "log.SetFlags(0)\n\ta()\n\tb()\n\tc()\n\td()\n\te()\n\tf()\n\tg()\n\th()\n\ti()\n\tj()\n\tk()\n\tl()"},
	"after wide characters": {"log.SetFlags(0)", `fmt.Println("Zoë", "世界", nothing)`},
	"after a loop":          {"log.SetFlags(0)", "for i := 0; i < 3; i++ { fmt.Println(i); nothing() }"},
	"in a loop in a loop":   {"log.SetFlags(0)", "for i := range 3 { for range 2 { x := i } }"},
	"loop without a body":   {"log.SetFlags(0)", "for i := 0; i < 3; i++"},
	"unused label":          {"log.SetFlags(0)", "here:\n\tfor {\n\t\tbreak\n\t}"},
	"generic":               {"func main", "func f[T int | string](a, b T) T { return a }\n\nvar _ = f(1, \"2\")\n\nfunc main"},
	"string":                {"log.SetFlags(0)", `fmt.Println("Hello)`},
	"character":             {"log.SetFlags(0)", `fmt.Println('ab')`},
	"import after":          {"func main", "import \"bytes\"\n\nfunc main"},
	"constant":              {"log.SetFlags(0)", "const c = 1\n\tc = 2"},
	"overflow":              {"log.SetFlags(0)", "var b byte = 300\n\t_ = b"},
	"division by zero":      {"log.SetFlags(0)", "_ = 1 / 0"},
	"not used":              {"log.SetFlags(0)", "1 + 2"},
	"field":                 {"log.SetFlags(0)", "var p struct{ X int }\n\tp.Y = 1"},
	"defer":                 {"log.SetFlags(0)", "defer 1"},
	"shadowed":              {"log.SetFlags(0)", "len := 3\n\t_ = len(\"a\")"},
	"newer than go.mod":     {"log.SetFlags(0)", "p := new(3)\n\t_ = p"},
	"embed":                 {"func main", "//go:embed x.txt\nvar x string\n\nfunc main"},
}

// What does not compile says what go build says, to the byte: all mistakes at once,
// each in a folder of its own.
func testMistakes(t *testing.T, h *host, b tab) {
	root := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile("../../" + name)
		if err == nil {
			err = os.WriteFile(filepath.Join(root, name), text, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	b.open(h.page("02-req-rep.html"))
	got := map[string]string{}
	for name, edit := range mistakes {
		folder := "lessons/" + strings.ReplaceAll(name, " ", "-")
		if err := os.MkdirAll(filepath.Join(root, folder), 0o777); err != nil {
			t.Fatal(err)
		}
		text := lesson02(t, "client", edit[0], edit[1])
		if err := os.WriteFile(filepath.Join(root, folder, "main.go"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		got[folder] = b.text(fmt.Sprintf("import(new URL('compiler.js', base)).then(({ build }) => build(%q, { 'main.go': %q })).then(({ errors }) => errors)", folder, text))
	}
	cmd := exec.Command("go", "build", "./...")
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatal("go build finds nothing wrong")
	}
	for folder, got := range got {
		_, want, _ := strings.Cut(string(out), "# zeromq-lessons/"+folder+"\n")
		want, _, _ = strings.Cut(want, "# ")
		if want = "# zeromq-lessons/" + folder + "\n" + want; got != want {
			t.Errorf("the page says\n%s\nand go build\n%s", got, want)
		}
	}
	if t.Failed() {
		t.Logf("go build says\n%s", out)
	}
}

// Where go build itself refuses, without asking the compiler, the words differ.
func testOtherWords(t *testing.T, h *host, b tab) {
	b.open(h.page("02-req-rep.html"))
	for text, want := range map[string]string{
		"package main\n\nimport _ \"foo/bar\"\n":      "lessons/x/main.go:3:10: package foo/bar is not among those that this page can import (see edit.html)\n",
		"package main\n\nimport _ \"net/http\"\n":     "lessons/x/main.go:3:10: package net/http is not among those that this page can import (see edit.html)\n",
		"package main\n\nimport _ \"internal/abi\"\n": "lessons/x/main.go:3:10: use of internal package internal/abi not allowed\n",
		"package\n":        "lessons/x/main.go:2:1: syntax error: unexpected EOF, expected name\n",
		"package main\n/*": "lessons/x/main.go:2:1: comment not terminated\n",
		"package other\n":  "package zeromq-lessons/lessons/x is not a main package\n",
		"":                 "lessons/x/main.go:1:1: syntax error: package statement must be first\n",
		"package main\n":   "runtime.main_main·f: function main is undeclared in the main package\n", // go build says the same
	} {
		b.is(fmt.Sprintf("import(new URL('compiler.js', base)).then(({ build }) => build('lessons/x', { 'main.go': %q })).then(({ errors }) => errors)", text), "# zeromq-lessons/lessons/x\n"+want)
	}
}

// open02 opens lesson 02's page with an editor of its client.
func (b tab) open02(h *host) {
	b.Helper()
	b.open(h.page("02-req-rep.html"))
	b.run("02-req-rep/client")
	b.status(1, "exit status 0")
	b.edit(1, "client")
}

const (
	inEditor = `document.querySelector('.editor div:not([hidden]) > div').shadowRoot`
	printed  = `document.querySelector('.editor pre').textContent`
	kept     = `localStorage['edit lessons/02-req-rep/client/main.go']`
)

// What does not compile is underlined while the reader types, all of the editor can
// be reached by keys, and Tab leaves it after Escape.
func testTyping(t *testing.T, h *host, b tab) {
	client := lesson02(t, "client", "", "")
	b.open02(h)
	b.is(`[...new Set([...`+inEditor+`.querySelectorAll('.cm-line span')].map((span) => getComputedStyle(span).color))].length > 2`, true) // highlighted
	b.write("client", lesson02(t, "client", "log.SetFlags(0)", `fmt.Println("Zoë", "世界", nothing)`))
	b.is(printed, "# zeromq-lessons/lessons/02-req-rep/client\nlessons/02-req-rep/client/main.go:20:32: undefined: nothing\n")
	b.is(inEditor+`.querySelector('.cm-lintRange-error')?.textContent`, "nothing")
	b.is(`document.querySelector('.editor [role=status]').textContent`, "edited")

	// F8 shows the difference, and no longer.
	const changes = `[...` + inEditor + `.querySelectorAll('.cm-deletedChunk, .cm-changedLine')].map((e) => e.textContent.trim()).filter(Boolean).join('|')`
	b.press(kb.F8)
	b.is(changes, `log.SetFlags(0)|fmt.Println("Zoë", "世界", nothing)`)
	b.press(kb.F8)
	b.is(changes, "")

	b.button(`document.querySelector('.editor')`, "Reset")
	b.is(printed, "")
	b.is(kept, "")
	b.write("client", strings.Replace(client, "\tlog.SetFlags(0)", "log.SetFlags( 0 )", 1))
	b.button(`document.querySelector('.editor')`, "Format")
	b.is(kept, "")
	b.write("client", "package main\n\nfunc main() {")
	b.button(`document.querySelector('.editor')`, "Format")
	b.is(printed, "# zeromq-lessons/lessons/02-req-rep/client\nlessons/02-req-rep/client/main.go:3:14: syntax error: unexpected EOF, expected }\n")

	b.write("client", lesson02(t, "client", `"World"`, `"Keys"`))
	b.do(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.is(pane(1)+`.querySelector('pre').textContent.startsWith('sent "Keys"')`, true)
	b.status(1, "exit status 0")
	b.do(chromedp.Evaluate[chromedp.Void](typing("client") + ".focus()"))
	b.press(kb.Tab)
	b.is(kept+".includes('\\\\t')", true)
	b.is(`document.activeElement.shadowRoot !== null`, true)
	b.press(kb.Escape, kb.Tab)
	b.is(`document.activeElement.shadowRoot`, "null")
}

// What a reader wrote is there after a reload, runs only in the open editor, and the
// editor says if the lesson's file is another than it was.
func testKept(t *testing.T, h *host, b tab) {
	b.open02(h)
	const old = `[...document.querySelectorAll('.editor .about')].filter((p) => p.textContent.includes('has changed') && p.checkVisibility()).length`
	b.write("client", lesson02(t, "client", `"World"`, `"Kept"`))
	b.is(kept+`.includes('Kept')`, true)
	b.is(old, 0)
	b.open(h.page("02-req-rep.html"))
	b.run("02-req-rep/client")
	b.status(1, "exit status 0")
	b.output(1, transcripts(t, h)["02-req-rep"].Client)
	b.edit(1, "client")
	b.start(1, "")
	b.is(pane(1)+`.querySelector('pre').textContent.startsWith('sent "Kept"')`, true)
	b.status(1, "exit status 0")
	b.button("document", "Close editor")
	b.is(`document.querySelectorAll('.editor').length`, 0)
	b.start(1, "")
	b.is(pane(1)+`.querySelector('pre').textContent.startsWith('sent "World"')`, true)

	b.do(chromedp.Evaluate[chromedp.Void](kept + ` = JSON.stringify({ ...JSON.parse(` + kept + `), hash: 'other' })`))
	b.edit(1, "client")
	b.is(old, 1)
	b.button("document", "Reset")
	b.is(old, 0)
}

// Where CodeMirror does not load there is a plain text area, which runs, too.
func testPlain(t *testing.T, h *host, b tab) {
	h.missing("codemirror.js")
	defer h.missing("")
	b.open(h.page("02-req-rep.html"))
	b.run("02-req-rep/client")
	b.status(1, "exit status 0")
	b.button(pane(1), "Edit")
	b.is(`document.querySelector('.editor textarea')?.value.startsWith('// Client connects')`, true)
	b.paste(".editor textarea", "package main\n\nfunc main() { println(nothing) }\n")
	b.is(printed, "# zeromq-lessons/lessons/02-req-rep/client\nlessons/02-req-rep/client/main.go:3:23: undefined: nothing\n")
	b.paste(".editor textarea", "package main\n\nfunc main() { println(\"plain\") }\n")
	b.do(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.output(1, "plain\n")
}

// With an editor open, and with an exercise, axe finds nothing, the page is as wide as
// the screen, and each button can be hit.
func testEditorLooks(t *testing.T, h *host, b tab) {
	for _, look := range []struct {
		theme         string
		width, height int64
	}{{"light", 1400, 900}, {"dark", 375, 740}} {
		b.size(look.width, look.height)
		b.theme(look.theme)
		b.open02(h)
		b.write("client", lesson02(t, "client", "log.SetFlags(0)", "nothing()"))
		b.is(inEditor+`.querySelector('.cm-lintRange-error')?.textContent`, "nothing")
		b.button(`document.querySelector('.editor')`, "Changes")
		const seen = `(({ top, bottom }) => top >= 0 && bottom <= innerHeight)(` + inEditor + `.querySelector('.cm-changedLine').getBoundingClientRect())`
		b.is(seen, true)
		check := func(part string) {
			t.Helper()
			b.is(`Math.max(innerWidth, document.documentElement.scrollWidth)`, look.width)
			b.is(`[...`+part+`.querySelectorAll('button')].filter((e) => e.checkVisibility()).map((e) => [e.getBoundingClientRect(), e]).filter(([r]) => Math.min(r.width, r.height) < 24).length`, 0)
			b.axe(part, "{}")
		}
		check("document.querySelector('.playground')")

		b.button("document.querySelector('.playground')", "Close")
		b.button("document", "Solve 02a here")
		b.is(typing("02a-upper")+" instanceof Element", true)
		b.is(`document.querySelectorAll('.exercise progress').length`, 0)
		b.button("document.querySelector('.exercise')", "Grade")
		b.is(`document.querySelector('.exercise .words').textContent.startsWith('To do')`, true)
		b.button("document.querySelector('.exercise')", "Hint 1 of 4")
		b.write("02a-upper", "package upper\n\nfunc Serve() { nothing() }\n")
		b.is(inEditor+`.querySelector('.cm-lintRange-error')?.textContent`, "nothing")
		b.button("document.querySelector('.exercise')", "Changes")
		check("document")
		b.button("document.querySelector('.exercise')", "Reset") // for the next look
	}
}

// An exercise can be solved by keyboard alone.
func testExerciseKeys(t *testing.T, h *host, b tab) {
	const focused = `document.activeElement.ariaLabel ?? document.activeElement.textContent`
	b.size(375, 740)
	b.open(h.page("02-req-rep.html"))
	b.focus(".solve")
	b.press(kb.Enter)
	b.is(typing("02a-upper")+" instanceof Element", true)
	b.is(typing("02a-upper")+" === document.activeElement.shadowRoot?.activeElement", true)
	b.is(`document.querySelectorAll('.exercise progress').length`, 0)
	b.press("/", "/", kb.Enter)
	b.do(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.is(`document.querySelectorAll('dialog[open]').length`, 0) // of the search, which "/" opens elsewhere
	b.is(`document.querySelector('.exercise .words').textContent.startsWith('To do')`, true)
	b.press(kb.Escape, kb.Tab)
	b.is(focused, "What the test says")
	b.press(kb.Tab)
	for _, name := range []string{"Hint 1 of 4", "Hint 2 of 4", "Hint 3 of 4", "Solution"} {
		b.is(focused, name)
		b.press(kb.Enter)
	}
	b.is(`document.activeElement.textContent.slice(0, 11)`, "Hint 4 of 4")
	for range 12 { // back, through the editor
		b.press(kb.Escape)
		b.do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
		if b.text(focused) == "Close editor" {
			break
		}
	}
	b.press(kb.Enter)
	b.is(focused, "Solve 02a here")
}

// Where the compiler does not load, the page says so, and tries again when it is
// asked again. If serve cannot build it, the page says why. A site that was built
// without it has no button, for exercises neither.
func testNoEditor(t *testing.T, h *host, b tab) {
	h.missing("toolchain.js")
	b.open(h.page("02-req-rep.html"))
	b.run("02-req-rep/server")
	b.button(pane(0), "Edit")
	b.output(0, "It cannot be edited here: the web server answered 404 for toolchain.js.\n")
	h.missing("")
	b.edit(0, "server")

	files, err := whole()
	if err != nil {
		t.Fatal(err)
	}
	files = maps.Clone(files)
	offerEditor(files)
	dir := t.TempDir()
	serving := httptest.NewServer(&server{root: dir, stamp: stamp(os.DirFS(dir)), files: files, programs: whole,
		editor: func() (map[string][]byte, error) { return nil, errors.New("\"Go\"\nhas changed\n") }})
	t.Cleanup(serving.Close)
	b.open(serving.URL + "/02-req-rep.html")
	b.run("02-req-rep/server")
	const why = "this computer cannot build what the page needs: \"Go\"\nhas changed."
	b.button(pane(0), "Edit")
	b.output(0, "It cannot be edited here: "+why+"\n")
	b.button("document", "Solve 02a here")
	b.is(`document.querySelector('table + .not-here')?.textContent`, "It cannot be solved here: "+why)

	plain := newHost(t)
	b.open(plain.page("02-req-rep.html"))
	b.run("02-req-rep/server")
	b.status(0, "running")
	b.is(`[...document.querySelectorAll('button')].filter((e) => /Edit|Solve/.test(e.textContent) && e.checkVisibility()).length`, 0)
}

// When the compiler is here, so are soon the packages that were not needed yet: then
// nothing more is downloaded. The compiler stays while an editor or an exercise is
// open, and then no worker is left, not even one that grades.
func testOffline(t *testing.T, h *host, b tab) {
	h.asks()
	b.open02(h)
	more := ""
	for deadline := time.Now().Add(time.Minute); more == "" && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		for _, name := range h.asks() {
			if strings.Contains(name, "/more-") {
				more = name
			}
		}
	}
	b.write("client", "package main\n\nimport \"regexp\"\n\nfunc main() { println(regexp.MustCompile(`l+`).FindString(\"Hello\")) }\n")
	b.button(`document.querySelector('.editor')`, "Run")
	b.output(1, "ll\n")
	asked := slices.DeleteFunc(h.asks(), func(name string) bool { return path.Ext(name) != ".bin" })
	if more == "" || len(asked) > 0 {
		t.Errorf("%q was downloaded, and then %q", more, asked)
	}

	b.button("document", "Solve 02a here")
	b.is(typing("02a-upper")+" instanceof Element", true)
	b.button("document.querySelector('.playground')", "Close")
	b.workers(1)
	const start = "package upper\n\nimport \"context\"\n\nfunc Serve"
	b.write("02a-upper", start)
	b.is(`document.querySelector('.exercise [aria-label=Errors]').textContent.includes('syntax error')`, true)
	if asked := h.asks(); slices.ContainsFunc(asked, func(name string) bool { return strings.Contains(name, "/tools-") }) {
		t.Errorf("the compiler was downloaded again: %q", asked)
	}
	b.write("02a-upper", start+"(context.Context, string) error { return fib(90) }\n"+fib)
	b.do(chromedp.Evaluate[chromedp.Void]("{ const timer = setTimeout; setTimeout = (f, ms) => timer(f, 10 * ms) }")) // no grader is stopped meanwhile because it is stuck
	b.button("document.querySelector('.exercise')", "Grade")
	b.is(`document.querySelector('.exercise [role=status]').textContent`, "grading")
	b.button("document.querySelector('.exercise')", "Close editor")
	b.workers(0)
}

// A site that was built without the command zstd can edit, too.
func testGzip(t *testing.T, _ *host, b tab) {
	if !requires("thorough") {
		t.Skip("it links the compiler again (LESSONS_REQUIRE=thorough)")
	}
	h := serveSite(t, func() (map[string][]byte, error) { return withEditor(gzipped) })
	b.open02(h)
	b.write("client", "package main\n\nfunc main() { println(\"unpacked\") }\n")
	b.start(1, "")
	b.output(1, "unpacked\n")
}

// How long a reader waits from Edit, and from Run, to the first line of the edited
// program.
func TestEditorCost(t *testing.T) {
	h, browser := serveSite(t, editable), newBrowser(t)
	ms := func(b tab, click, done string) float64 {
		t.Helper()
		took, err := chromedp.Run(b.ctx, chromedp.Evaluate[float64](`new Promise((resolve) => {
			const start = performance.now()
			;[...document.querySelectorAll('`+click+`')].at(-1).click()
			const look = () => `+done+` ? resolve(performance.now() - start) : requestAnimationFrame(look)
			look()
		})`, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		return took
	}
	// A busy machine makes it slower, and never faster: the best of five. The limits are
	// three times what an idle one may need: in CI, other tests run beside this one.
	const mostCold, mostWarm = 3 * 10_000, 3 * 3_000
	cold, warm := math.Inf(1), math.Inf(1)
	for try := 0; try < 5 && (try == 0 || cold > mostCold || warm > mostWarm); try++ {
		b := newTab(t, browser) // nothing is in its cache
		b.open(h.page("02-req-rep.html"))
		b.run("02-req-rep/client")
		b.status(1, "exit status 0")
		edit := ms(b, ".pane:nth-child(2) button:nth-of-type(3)", `document.querySelector('.editor div:not([hidden]) > div')?.shadowRoot && !document.querySelector('.editor progress')`)
		for _, name := range []string{"first", "second", "third"} {
			b.write("client", lesson02(t, "client", `"World"`, `"`+name+`"`))
			run := ms(b, ".editor button:first-of-type", `document.querySelectorAll('.pane pre')[1].textContent.startsWith('sent "`+name+`')`)
			b.status(1, "exit status 0")
			if name == "first" {
				cold = min(cold, edit+run)
				t.Logf("Edit %.0f ms, the first Run %.0f ms", edit, run)
			} else {
				warm = min(warm, run)
			}
		}
	}
	t.Logf("from Edit to the first line: %.0f ms; from Run to the first line: %.0f ms", cold, warm)
	if cold > mostCold || warm > mostWarm {
		t.Errorf("want at most %d and %d ms", mostCold, mostWarm)
	}
}
