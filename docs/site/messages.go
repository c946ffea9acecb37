package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// A message is a line that a lesson's program writes to standard error in a script
// that compares it.
type message struct {
	lesson *page
	script string // that causes it
	text   string
	id     string // on the page of all messages
	shown  bool   // in the lesson's own text
}

var comparesStderr = regexp.MustCompile(`(?m)^cmp(?:env)? stderr (\S+)$`)

func (s *site) collectMessages() {
	for _, lesson := range s.pages {
		if !lesson.lesson() {
			continue
		}
		seen := map[string]bool{}
		scripts, _ := fs.Glob(s.root, path.Join(path.Dir(lesson.file), "testdata/*.txtar"))
		for _, script := range scripts {
			text, _ := fs.ReadFile(s.root, script)
			for _, m := range comparesStderr.FindAllStringSubmatch(string(txtar.Parse(text).Comment), -1) {
				lines, _ := s.member(script, m[1])
				for line := range strings.Lines(lines) {
					line = strings.TrimRight(line, "\n")
					if line != "" && !seen[line] {
						seen[line] = true
						id := fmt.Sprintf("error-%s-%d", lesson.anchor("")[:2], len(seen))
						s.messages = append(s.messages, &message{lesson: lesson, script: script, text: line, id: id})
					}
				}
			}
		}
	}
}

// mark gives each line that is a message its id, on the page of all messages.
func (v *view) mark(p *page, code string) string {
	var b strings.Builder
	for line := range strings.Lines(code) {
		html := escape(line)
		for _, m := range v.site.messages {
			if v.marks && m.lesson == p && m.text+"\n" == line && !m.shown {
				m.shown = true
				html = fmt.Sprintf("<span id=\"%s\">%s</span>\n", m.id, escape(m.text))
			}
		}
		b.WriteString(html)
	}
	return b.String()
}

// furtherMessages lists the messages that a lesson's scripts compare and its text
// does not show.
func (v *view) furtherMessages(lesson *page) string {
	var b strings.Builder
	for _, m := range v.site.messages {
		if m.lesson != lesson || m.shown {
			continue
		}
		v.site.uses(v.site.page("docs/errors.md"), m.script)
		fmt.Fprintf(&b, "<dt id=\"%s\"><code>%s</code></dt>\n<dd><a href=\"%s\">%s</a></dd>\n",
			m.id, escape(m.text), v.relative("source/"+m.script+".html"), path.Base(m.script))
	}
	if b.Len() == 0 {
		return ""
	}
	return "<p>Other messages that its programs print on standard error, and the scripts that cause them:</p>\n<dl class=\"messages\">\n" + b.String() + "</dl>\n"
}

// checkMessages records an error for each message of a lesson's program that no
// script compares and the page of all messages does not explain, and for each one
// that the page explains, before its reasons, although no program prints it.
func (s *site) checkMessages() {
	page := s.page("docs/errors.md")
	if page == nil {
		return
	}
	own, _, _ := strings.Cut(string(page.text), "\n## The reasons\n")
	explained := map[string]int{} // message: line of the page
	for i, line := range strings.Split(own, "\n") {
		if m := explainedFormat.FindStringSubmatch(line); m != nil {
			explained[m[1]] = i + 1
		}
	}
	reasons := string(page.text)[len(own):]
	sources, _ := fs.Glob(s.root, "lessons/*/*/*.go")
	python, _ := fs.Glob(s.root, "lessons/*/python/*.py")
	var said strings.Builder
	for _, file := range append(sources, python...) {
		text, err := fs.ReadFile(s.root, file)
		if strings.HasSuffix(file, "_test.go") || err != nil {
			continue
		}
		variable := verb
		if path.Ext(file) == ".py" {
			variable = braces
		}
		said.WriteString(variable.ReplaceAllString(string(text), "…"))
		for _, f := range formats(file, text) {
			if explained[f.text] == 0 && !strings.Contains(reasons, "| `"+f.text+"` |") && !s.seen(file, f.text) {
				s.errorf(file, f.line, "no script compares the message %q, and docs/errors.md does not explain it", f.text)
			}
		}
	}
	for message, line := range explained {
		if !strings.Contains(said.String(), message) {
			s.errorf(page.file, line, "no lesson's program says %q", message)
		}
	}
}

// A row of the page's table begins with the message, as in the source.
var explainedFormat = regexp.MustCompile("^\\| `([^`]+)` \\|")

// The part of a message that varies is a verb in Go, and in braces in Python.
var (
	verb   = regexp.MustCompile(`%[^a-z%]*[a-z]`)
	braces = regexp.MustCompile(`\{[^{}\n]*\}`)
)

// seen reports whether a script of the file's lesson compares the message.
func (s *site) seen(file, format string) bool {
	parts := strings.Split(format, "…")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	pattern := regexp.MustCompile(strings.Join(parts, ".*"))
	return slices.ContainsFunc(s.messages, func(m *message) bool {
		return strings.HasPrefix(file, path.Dir(m.lesson.file)+"/") && pattern.MatchString(m.text)
	})
}

type format struct {
	text string // with … in place of %v and the like
	line int
}

// formats lists the texts that a program logs or uses in errors.
func formats(file string, source []byte) (list []format) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, source, 0)
	if err != nil {
		return nil // a test that builds it will report that
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		f, _ := call.Fun.(*ast.SelectorExpr)
		literal, _ := call.Args[0].(*ast.BasicLit)
		if f == nil || literal == nil || literal.Kind != token.STRING {
			return true
		}
		if from, _ := f.X.(*ast.Ident); from != nil {
			switch from.Name + "." + f.Sel.Name {
			case "log.Fatal", "log.Fatalf", "log.Print", "log.Printf", "errors.New", "fmt.Errorf":
				text, _ := strconv.Unquote(literal.Value)
				list = append(list, format{verb.ReplaceAllString(text, "…"), set.Position(call.Pos()).Line})
			}
		}
		return true
	})
	return list
}
