package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/alecthomas/chroma/v2"

	"zeromq-lessons/internal/wire"
)

// A repository small enough to break each of its parts.
var small = map[string]string{
	"README.md": "# Small\n\nA repository.\n\n[Lesson](lessons/01-a/README.md#how-it-works), [testdata](lessons/01-a/testdata)\n",
	"lessons/01-a/README.md": `# Lesson 01: One

Its idea.

## How it works

` + "```go\nfmt.Println(\"<a>\")\n```\n\n```sh\ngo run ./lessons/01-a/server\n```\n\n```mermaid\nsequenceDiagram\n    A->>B: hi\n```" + `

[server/main.go](server/main.go) [python/server.py](python/server.py)

[what it prints](testdata/run.txtar#out.txt)

## What goes wrong

See [above](#how-it-works) and [run.txtar](testdata/run.txtar), [out.txt](testdata/run.txtar#out.txt).

<details>
<summary>More &amp; <code>more</code></summary>

### Folded

Some *text*.

` + "```go\nfmt.Println(\"<a>\")\n```\n\n</details>\n\n```text\nserver: cannot bind to tcp://127.0.0.1:5555: taken\n```\n",
	"lessons/01-a/lesson_test.go":            `func TestMain(m *testing.M) { lessontest.Main(m, "./server") }`,
	"lessons/01-a/server/main.go":            "package main\n\nfunc main() {\n\t// A step.\n\tfmt.Println(\"<a>\")\n\tlog.Fatalf(\"cannot bind to %s: %v\", a, b)\n\tlog.Printf(\"cannot send: %v\", err)\n}\n",
	"lessons/01-a/python/server.py":          "print(1)\n",
	"lessons/01-a/testdata/run.txtar":        "# a story\nexec $PYTHON $LESSON/python/server.py\ncmp stdout out.txt\ncmpenv stderr err.txt\n\n-- out.txt --\n1\n-- unused.txt --\n2\n-- err.txt --\nserver: cannot bind to $ENDPOINT: taken\nserver: more\n",
	"docs/errors.md":                         "# What goes wrong\n\nAll messages.\n\n| message | meaning |\n|---|---|\n| `cannot send: …` | Nothing. |\n",
	"docs/site/templates/page.html":          `<title>{{.Title}}</title>{{range .Menu}}{{range .Items}}{{.Title}}{{range .Headings}}{{.URL}}{{end}}{{end}}{{end}}<i>{{.Place}}</i><i>{{.Edit}}</i><i>{{.URL}}</i><i>{{.Root}}index.html</i><body>{{.Body}}</body>`,
	"docs/site/assets/style.css":             "p {}\n",
	"docs/site/recordings/01-a.txt":          "client ff 48 54 … 7\nclient closes\n",
	"lessons/01-a/testdata/transcript.txtar": "-- server.txt --\na\n-- client.txt --\nb\n",
}

// repository returns the small one, with changes: a file's name, what is
// replaced in it, and by what.
func repository(t *testing.T, changes ...string) fstest.MapFS {
	files := maps.Clone(small)
	for c := range slices.Chunk(changes, 3) {
		if !strings.Contains(files[c[0]], c[1]) {
			t.Fatalf("%s does not contain %q", c[0], c[1])
		}
		files[c[0]] = strings.Replace(files[c[0]], c[1], c[2], 1)
	}
	root := fstest.MapFS{}
	for name, text := range files {
		root[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return root
}

// Each mistake stops the build, with the place that it is in.
func TestMistakes(t *testing.T) {
	const lesson, readme, server, wrong = "lessons/01-a/README.md", "README.md", "lessons/01-a/server/main.go", "docs/errors.md"
	const recorded = "docs/site/recordings/01-a.txt"
	tests := []struct {
		name string
		file string
		old  string
		new  string
		want string
	}{
		{"missing page", readme, "(lessons/01-a/README.md#how", "(lessons/02-b/README.md#how", "README.md:5: the link lessons/02-b/README.md#how-it-works: open"},
		{"missing heading", readme, "#how-it-works", "#why", "README.md:5: lessons/01-a/README.md has no heading #why"},
		{"missing heading here", lesson, "(#how-it-works)", "(#why)", "lessons/01-a/README.md:26: lessons/01-a/README.md has no heading #why"},
		{"missing linked file", lesson, "(testdata/run.txtar)", "(testdata/walk.txtar)", "lessons/01-a/README.md:26: the link testdata/walk.txtar: open"},
		{"missing linked member", lesson, "(testdata/run.txtar)", "(testdata/run.txtar#no.txt)", "lessons/01-a/README.md:26: the link testdata/run.txtar#no.txt: lessons/01-a/testdata/run.txtar has no member no.txt"},
		{"missing listing", lesson, "(server/main.go)", "(server/rest.go)", "lessons/01-a/README.md:20: the listing server/rest.go: open"},
		{"missing member", lesson, "#out.txt", "#no.txt", "lessons/01-a/README.md:22: the listing testdata/run.txtar#no.txt: lessons/01-a/testdata/run.txtar has no member no.txt"},
		{"member of no script", lesson, "testdata/run.txtar#out.txt", "server/main.go#out.txt", "lessons/01-a/README.md:22: the listing server/main.go#out.txt: lessons/01-a/server/main.go has no part called out.txt"},
		{"untested Go", "lessons/01-a/lesson_test.go", `"./server"`, `"./client"`, "lessons/01-a/README.md:20: the listing server/main.go: no test builds its package"},
		{"untested Python", "lessons/01-a/testdata/run.txtar", "python/server.py", "python/client.py", "lessons/01-a/README.md:20: the listing python/server.py: no script runs it"},
		{"untested member", lesson, "#out.txt", "#unused.txt", "lessons/01-a/README.md:22: the listing testdata/run.txtar#unused.txt: the script does not use it"},
		{"untested kind", lesson, "(server/main.go)", "(../../docs/site/assets/style.css)", "lessons/01-a/README.md:20: the listing ../../docs/site/assets/style.css: no test runs such a file"},
		{"excerpt of nothing", lesson, `Println("<a>")`, `Println("b")`, "lessons/01-a/README.md:7: this go block is in no file that ran"},
		{"command of nothing", lesson, "go run ./lessons/01-a/server", "go run ./lessons/01-a/sever", "lessons/01-a/README.md:12: the command go run ./lessons/01-a/sever: open"},
		{"half a transcript", "lessons/01-a/testdata/transcript.txtar", "client.txt", "c.txt", "lessons/01-a/testdata/transcript.txtar has no member client.txt"},
		{"message of nothing", lesson, "5555: taken", "5555: free", "lessons/01-a/README.md:41: this text block is in no file that ran"},
		{"unknown language", lesson, "```sh", "```bash", `lessons/01-a/README.md:11: a code block in the language "bash"`},
		{"no language", lesson, "```sh", "```", `lessons/01-a/README.md:11: a code block in the language ""`},
		{"indented code", readme, "A repository.", "A repository.\n\n    code", "README.md:5: a code block says in which language it is"},
		{"image", readme, "A repository.", "A repository.\n\n![a](a.png)", "README.md:5: the site shows images only if they are SVG files here, and not a.png"},
		{"HTML", readme, "A repository.", "A repository.\n\n<div>\n", "README.md:5: the only HTML here is <details>"},
		{"open details", lesson, "</details>", "", "lessons/01-a/README.md:28: <details> has no </details>"},
		{"closed details", lesson, "<details>\n<summary>More &amp; <code>more</code></summary>\n", "", "lessons/01-a/README.md:37: </details> has no <details>"},
		{"section in details", lesson, "### Folded", "## Folded", "lessons/01-a/README.md:31: a section cannot begin in <details>"},
		{"diagram", lesson, "A->>B: hi", "A ==> B", `lessons/01-a/README.md:17: the diagram's line "A ==> B"`},
		{"unexplained message", wrong, "`cannot send: …`", "cannot send", `lessons/01-a/server/main.go:7: no script compares the message "cannot send: …"`},
		{"explained for nothing", server, "cannot send: ", "cannot receive: ", `docs/errors.md:7: no lesson's program says "cannot send: …"`},
		{"recording of nothing", recorded, "ff", "fg", `docs/site/recordings/01-a.txt:1: "client fg`},
		{"recorded by nobody", recorded, "client ", "broker ", `docs/site/recordings/01-a.txt:1: "broker ff`},
		{"no column heading", wrong, "| message |", "| |", "docs/errors.md:5: a column of the table has no heading"},
		{"no title", lesson, "# Lesson", "Lesson", "lessons/01-a/README.md:1: a page begins with its title"},
	}
	if _, err := build(repository(t), addresses{}); err != nil {
		t.Fatalf("without a mistake: %v", err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := build(repository(t, test.file, test.old, test.new), addresses{})
			if err == nil || !strings.Contains("\n"+err.Error(), "\n"+test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// What the pages include is there, line for line.
func TestPages(t *testing.T) {
	files, err := build(repository(t), addresses{"https://forge/", "https://forge/edit/", "https://site/"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, file, want string }{
		{"link to a page", "index.html", `<a href="01-a.html#how-it-works">Lesson</a>`},
		{"link to a folder", "index.html", `<a href="https://forge/lessons/01-a/testdata">testdata</a>`},
		{"lead", "01-a.html", `<p>Its idea.</p>`},
		{"contents", "01-a.html", "#how-it-works#what-goes-wrong"},
		{"excerpt", "01-a.html", `<a href="https://forge/lessons/01-a/server/main.go#L5-L5">server/main.go</a></figcaption>`},
		{"escaped", "01-a.html", `<span class="s">&#34;&lt;a&gt;&#34;</span>`},
		{"command", "01-a.html", `<pre><code data-command="go run ./lessons/01-a/server">go run ./lessons/01-a/server</code></pre>` + "\n" + `<button type="button" class="start">Start server</button>`},
		{"tabs", "01-a.html", `<div class="tabs">` + "\n" + `<figure class="listing" data-tab="server/main.go" data-file="lessons/01-a/server/main.go">`},
		{"comment", "01-a.html", `<span class="cl">	<span class="c">// A step.</span>`},
		{"folded", "01-a.html", "<details>\n<summary>More &amp; <code>more</code></summary>\n<h3 id=\"folded\"><a href=\"#folded\">Folded</a></h3>\n<p>Some <em>text</em>.</p>\n<figure class=\"excerpt\">"},
		{"member", "01-a.html", "<pre tabindex=\"0\"><code><span class=\"line\"><span class=\"cl\">1\n</span></span></code></pre>"},
		{"link to a file", "01-a.html", `<a href="source/lessons/01-a/testdata/run.txtar.html">run.txtar</a>`},
		{"file", "source/lessons/01-a/testdata/run.txtar.html", `<span class="ln" id="L6"><a class="lnlinks" href="#L6"> 6</a></span><span class="cl"><span class="k">-- out.txt --</span>`},
		{"link to a member", "01-a.html", `<a href="source/lessons/01-a/testdata/run.txtar.html#L6">out.txt</a>`},
		{"diagram", "01-a.html", `aria-label="Sequence diagram. A to B: hi."`},
		{"message shown", "errors.html", `<span id="error-01-1">server: cannot bind to tcp://127.0.0.1:5555: taken</span>`},
		{"message not shown", "errors.html", `<dt id="error-01-2"><code>server: more</code></dt>`},
		{"collected link", "errors.html", `<a href="01-a.html#how-it-works">above</a>`},
		{"all on one page", "everything.html", `<h2 id="01-a"><a href="#01-a">Lesson 01: One</a></h2>`},
		{"its links", "everything.html", `<a href="#01-a-how-it-works">Lesson</a>`},
		{"recorded wire", "01-a.html", `{"kind":"error","size":0,"text":"this is not ZMTP: it begins with \".HT.......\" ff 48 54 00 00 00 00 00 00 00","from":"client"},{"kind":"end","size":0,"text":"closes the connection","from":"client"}`},
		{"recorded", "transcripts.js", `transcripts = {"01-a":{"server":"a\n","client":"b\n"}};`},
		{"asset", "style.css", "p {}\n"},
		{"which lesson", "01-a.html", "<i>Lesson 1 of 1, 1 minutes to read</i>"},
		{"way back", "source/lessons/01-a/testdata/run.txtar.html", `<p class="place">Used in <a href="../../../../01-a.html">Lesson 01: One</a>, <a href="../../../../errors.html">What goes wrong</a></p>`},
		{"edit", "01-a.html", "<i>https://forge/edit/lessons/01-a/README.md</i>"},
		{"where it will be", "01-a.html", "<i>https://site/01-a.html</i>"},
		{"where the first page will be", "index.html", "<i>https://site/</i>"},
		{"sitemap", "sitemap.txt", "https://site/\nhttps://site/01-a.html\nhttps://site/errors.html\n"},
		{"robots", "robots.txt", "Sitemap: https://site/sitemap.txt\n"},
		{"no such page", "404.html", "<i>https://site/index.html</i>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(string(files[test.file]), test.want) {
				t.Errorf("%s does not contain %s:\n%s", test.file, test.want, files[test.file])
			}
		})
	}
	t.Run("without a forge", func(t *testing.T) {
		files, err := build(repository(t), addresses{})
		for name, data := range files {
			if strings.Contains(string(data), "forge") {
				t.Errorf("%s has a link to the forge", name)
			}
		}
		if want := "Lesson</a>, testdata</p>"; err != nil || !strings.Contains(string(files["index.html"]), want) {
			t.Errorf("got %s, %v, want %s", files["index.html"], err, want)
		}
	})
}

// Highlighting changes nothing of the text, and knows what is what.
func TestGoTokens(t *testing.T) {
	files, err := filepath.Glob("../../lessons/*/*/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	join := func(tokens []chroma.Token, mark func(chroma.Token) string) (all string) {
		for _, token := range tokens {
			all += mark(token)
		}
		return all
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := join(goTokens(string(text)), func(token chroma.Token) string { return token.Value }); got != string(text) {
			t.Errorf("%s: got %s", file, got)
		}
	}
	got := join(goTokens("\tfor range 3 { // …\n\tnames[0], err := f.Open(`a`+\"b\", len(nil)) … }"), func(token chroma.Token) string {
		if token.Type == chroma.Text {
			return token.Value
		}
		return "<" + token.Type.String() + " " + token.Value + ">"
	})
	const want = "\t<Keyword for> <Keyword range> <LiteralNumber 3> { <Comment // …>\n\tnames[<LiteralNumber 0>], err := " +
		"f.<NameFunction Open>(<LiteralString `a`>+<LiteralString \"b\">, len(<Keyword nil>)) … }"
	if got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

// The picture of the wire has a request and a reply.
func TestPicture(t *testing.T) {
	files, err := build(os.DirFS("../.."), addresses{url: "https://site/"})
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(files["wire.png"]))
	if err != nil {
		t.Fatal(err)
	}
	if size := picture.Bounds().Size(); size != image.Pt(1200, 630) {
		t.Errorf("its size is %v", size)
	}
	seen := map[color.Color]bool{}
	for y := range 630 {
		seen[picture.At(600, y)] = true
	}
	for _, c := range wireColors {
		if !seen[c] {
			t.Errorf("it has no line in %v", c)
		}
	}
	if !strings.Contains(string(files["index.html"]), `<meta property="og:image" content="https://site/wire.png">`) {
		t.Error("the first page does not name it")
	}
}

// The recorded wire of lesson 02 has the frames that the lesson's own test compares.
func TestRecordedWire(t *testing.T) {
	text, err := os.ReadFile("recordings/02-req-rep.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := readWire(string(text))
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, row := range rows {
		if row.Kind == "frame" {
			arrow := map[wire.End]string{wire.Client: "→", wire.Server: "←"}[row.From]
			got += fmt.Sprintf("wire 1 | client %s server  %v\n", arrow, row)
		}
	}
	if want := member(t, "02-req-rep/testdata/wire.txtar", "frames.txt"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSlug(t *testing.T) {
	for text, want := range map[string]string{
		"Lesson 01: A context and two sockets": "lesson-01-a-context-and-two-sockets",
		"`send_string`, and more":              "send_string-and-more",
		"Zoë's":                                "zoës",
	} {
		if got := slug(text); got != want {
			t.Errorf("slug(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestIndex(t *testing.T) {
	files, err := build(repository(t), addresses{})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSuffix(strings.TrimPrefix(string(files["search-index.js"]), "searchEntries = "), ";\n")
	var got []entry
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	newEntry := func(title, page, url, text string) entry { return entry{title, page, url, text, ""} }
	want := []entry{
		newEntry("Small", "Introduction", "index.html", "A repository. Lesson, testdata"),
		newEntry("Lesson 01: One", "01: One", "01-a.html", "Its idea."),
		newEntry("How it works", "01: One", "01-a.html#how-it-works", `fmt.Println("<a>") go run ./lessons/01-a/server server/main.go python/server.py what it prints`),
		newEntry("What goes wrong", "01: One", "01-a.html#what-goes-wrong", "See above and run.txtar, out.txt. More & more"),
		newEntry("Folded", "01: One", "01-a.html#folded", `Some text. fmt.Println("<a>") server: cannot bind to tcp://127.0.0.1:5555: taken`),
		newEntry("What goes wrong", "What goes wrong", "errors.html", "All messages."),
		newEntry("cannot send: …", "What goes wrong", "errors.html#row-cannot-send--", "Nothing."),
		newEntry("server: cannot bind to tcp://127.0.0.1:5555: taken", "What goes wrong", "errors.html#error-01-1", ""),
		newEntry("server: more", "What goes wrong", "errors.html#error-01-2", ""),
	}
	if last := got[len(got)-1]; !strings.HasPrefix(last.URL, "https://zguide.zeromq.org/docs/chapter8/") {
		t.Errorf("the last entry is %v", last)
	}
	got = got[:len(got)-len(elsewhere)]
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestSequence(t *testing.T) {
	const code = `sequenceDiagram
    participant C as client (REQ)
    participant S as server (REP)
    Note over C,S: handshake
    loop each name
        C->>S: "a"
        S-->>C: b<br/>c
    end
    C-xS: gone
    S->>S: think
`
	got, err := sequence(code)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`aria-label="Sequence diagram. At client (REQ) and server (REP): handshake. loop each name. ` +
			`client (REQ) to server (REP): &#34;a&#34;. server (REP) to client (REQ): b c. end. ` +
			`client (REQ) to server (REP), lost: gone. server (REP) to server (REP): think."`,
		`<path class="message dashed"`, `<rect class="frame"`, `>client (REQ)</text>`, `>b</text>`, `>c</text>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	for line, code := range map[int]string{
		1: "flowchart",
		3: "sequenceDiagram\n\nactivate A",
		2: "sequenceDiagram\nend",
		4: "sequenceDiagram\n\n\nloop for ever",
	} {
		if _, err := sequence(code); err == nil || err.(*diagramError).line != line {
			t.Errorf("%q: got %v, want a mistake in line %d", code, err, line)
		}
	}
}

// The real site: every link leads somewhere, and every id is there once.
func TestLinks(t *testing.T) {
	files, err := build(os.DirFS("../.."), addresses{})
	if err != nil {
		t.Fatal(err)
	}
	for _, mistake := range badLinks(files) {
		t.Error(mistake)
	}

	index := string(files["search-index.js"])
	for url := range synonyms {
		if !strings.Contains(index, fmt.Sprintf("%q", url)) {
			t.Errorf("synonyms: the search has no entry %s", url)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(`"url":"([^"]*)"`).FindAllStringSubmatch(index, -1) {
		if ids[m[1]] {
			t.Errorf("the search has two entries %s", m[1])
		}
		ids[m[1]] = true
	}

	broken := map[string][]byte{"a.html": []byte(`<p id="x"><p id="x"><a href="#y"><a href="b/c.html"><a href="d.html#x">`), "d.html": nil}
	want := []string{"a.html: the id x comes twice", "a.html: #y leads nowhere", "a.html: b/c.html leads nowhere", "a.html: d.html#x leads nowhere"}
	if got := badLinks(broken); !slices.Equal(got, want) {
		t.Errorf("of broken links: got %q, want %q", got, want)
	}
}

// A site may have no compiler, so each page that names the buttons for it says so.
func TestPromisedButtons(t *testing.T) {
	files, err := build(os.DirFS("../.."), addresses{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := string(files[name])
		if path.Ext(name) != ".html" || !strings.Contains(text, "<strong>Edit</strong>") && !strings.Contains(text, "<strong>Solve</strong>") {
			continue
		}
		got = append(got, name)
		if !strings.Contains(strings.Join(strings.Fields(text), " "), "without the compiler") {
			t.Errorf("%s does not say that a site without the compiler has no such buttons", name)
		}
	}
	if want := []string{"edit.html", "everything.html", "exercises.html", "made.html"}; !slices.Equal(got, want) {
		t.Errorf("%q name the buttons, want %q", got, want)
	}
}

var (
	linkAttribute = regexp.MustCompile(` (?:href|src)="([^"]*)"`)
	idAttribute   = regexp.MustCompile(` id="([^"]*)"`)
)

func badLinks(files map[string][]byte) (mistakes []string) {
	ids := map[string]bool{} // file#id
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if path.Ext(name) != ".html" {
			continue
		}
		for _, m := range idAttribute.FindAllSubmatch(files[name], -1) {
			if id := name + "#" + string(m[1]); ids[id] {
				mistakes = append(mistakes, name+": the id "+string(m[1])+" comes twice")
			} else {
				ids[id] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if path.Ext(name) != ".html" {
			continue
		}
		for _, m := range linkAttribute.FindAllSubmatch(files[name], -1) {
			link := string(m[1])
			if strings.Contains(link, "://") {
				continue
			}
			file, id, hasID := strings.Cut(link, "#")
			if file == "" {
				file = name
			} else {
				file = path.Join(path.Dir(name), file)
			}
			if _, ok := files[file]; !ok || hasID && !ids[file+"#"+id] {
				mistakes = append(mistakes, name+": "+link+" leads nowhere")
			}
		}
	}
	return mistakes
}

// The server shows a change, and a mistake, and what comes after it.
func TestServe(t *testing.T) {
	dir := t.TempDir()
	save := func(name, text string) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range small {
		save(name, text)
	}
	s := httptest.NewServer(&server{root: dir})
	defer s.Close()
	get := func(path string) (int, string) {
		r, err := http.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(body)
	}
	check := func(path string, status int, text string) {
		t.Helper()
		if code, body := get(path); code != status || !strings.Contains(body, text) {
			t.Errorf("%s: got %d, %s, want %d, %s", path, code, body, status, text)
		}
	}

	changed := func() (stamp string) { _, stamp = get("/stamp"); return stamp }
	check("/", 200, "A repository.")
	before := changed()
	check("/reload.js", 200, before) // the page compares it
	check("/no.html", 404, "There is no such page")
	for _, script := range []string{"/programs.js", "/toolchain.js"} { // this repository has no programs that run
		check(script, 500, "this computer cannot build what the page needs: open "+filepath.Join(dir, "internal/browser"))
	}
	save("README.md", "# Small\n\nAnother text.\n")
	if changed() == before {
		t.Error("the page is not told about a change")
	}
	check("/", 200, "Another text.")
	save("README.md", "# Small\n\n[No](no.md)\n")
	check("/", 500, "README.md:3: the link no.md")
	check("/", 500, "reload.js")
	check("/reload.js", 200, changed())
	save("README.md", small["README.md"])
	check("/", 200, "A repository.")
}

// A folder that contains a site is replaced, and any other is left unchanged.
func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "public")
	for _, name := range []string{"old.html", "a/new.html"} {
		if err := write(dir, map[string][]byte{"index.html": nil, name: nil}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if !d.IsDir() {
			got = append(got, name)
		}
		return err
	})
	if want := []string{"a/new.html", "index.html", mark}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "index.html"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := write(other, nil); err == nil {
		t.Error("somebody else's site is replaced")
	}
}
