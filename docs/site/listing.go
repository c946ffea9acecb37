package main

import (
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/styles"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/yuin/goldmark/ast"
)

// listings shows the files that the links name, as tabs if there are several.
func (v *view) listings(p *page, links []*ast.Link, line int) string {
	var figures []string
	for _, link := range links {
		file, member := resolve(p, string(link.Destination))
		text, err := v.site.read(file, member)
		if err == nil {
			err = v.site.tested(file, member)
		}
		if err != nil {
			v.site.errorf(p.file, line, "the listing %s: %v", link.Destination, err)
			continue
		}
		name := plain(link, p.text)
		figures = append(figures, fmt.Sprintf("<figure class=\"listing\" data-tab=\"%s\" data-file=\"%s\">\n<figcaption>%s</figcaption>\n%s</figure>\n",
			escape(name), escape(file), v.fileLink(file, name, 0, 0), v.site.highlight(unnumbered, language(file, member), text)))
	}
	all := strings.Join(figures, "")
	if len(figures) > 1 {
		all = "<div class=\"tabs\">\n" + all + "</div>\n"
	}
	return all
}

// fileLink shows a file's name, with a link to it if there is a forge.
func (v *view) fileLink(file, name string, first, last int) string {
	if v.site.source == "" {
		return "<span>" + escape(name) + "</span>"
	}
	url := v.site.source + file
	if first > 0 {
		url += fmt.Sprintf("#L%d-L%d", first, last)
	}
	return fmt.Sprintf(`<a href="%s">%s</a>`, escape(url), escape(name))
}

// read returns the text of a file, or of a member of a script.
func (s *site) read(file, member string) (string, error) {
	if member != "" {
		return s.member(file, member)
	}
	text, err := fs.ReadFile(s.root, file)
	return string(text), err
}

func (s *site) member(file, name string) (string, error) {
	text, err := fs.ReadFile(s.root, file)
	if err != nil {
		return "", err
	}
	if path.Ext(file) != ".txtar" {
		return "", fmt.Errorf("%s has no part called %s", file, name)
	}
	archive := txtar.Parse(text)
	for _, f := range archive.Files {
		if f.Name == name {
			return neutral(string(f.Data)), nil
		}
	}
	return "", fmt.Errorf("%s has no member %s", file, name)
}

// recorded shows what programs of a page's lesson print, such as server and
// client.py, if its transcript has a part in which the two run together. A single
// client runs with the Go server.
func (s *site) recorded(p *page, programs []string) string {
	if len(programs) == 1 {
		programs = []string{"server", programs[0]}
	}
	file := path.Join(path.Dir(p.file), "testdata/transcript.txtar")
	text, err := fs.ReadFile(s.root, file)
	if err != nil || len(programs) != 2 {
		return ""
	}
	for part := range strings.SplitSeq(string(txtar.Parse(text).Comment), "\n\n") {
		run, compared := ran.FindAllStringSubmatch(part, -1), compares.FindAllStringSubmatch(part, -1)
		if len(run) != 2 || len(compared) != 2 || run[0][1] != programs[0] || run[1][1] != programs[1] {
			continue
		}
		var b strings.Builder
		for i, member := range []string{compared[1][1], compared[0][1]} { // the client exits first
			output, err := s.member(file, member)
			if err != nil {
				s.errorf(file, 1, "%v", err)
			}
			fmt.Fprintf(&b, "<figure>\n<figcaption>%s</figcaption>\n<pre class=\"text\"><code>%s</code></pre>\n</figure>\n", programs[i], escape(output))
		}
		return "<div class=\"recorded\">\n<p>This is what the tests recorded:</p>\n" + b.String() + "</div>\n"
	}
	return ""
}

var (
	ran      = regexp.MustCompile(`(?m)^exec (?:\$PYTHON \$LESSON/python/)?(\S+)`)
	compares = regexp.MustCompile(`(?m)^cmp stdout (\S+)$`)
)

// memberLine returns the line of a script on which a member begins.
func (s *site) memberLine(file, name string) int {
	text, _ := fs.ReadFile(s.root, file)
	before, _, _ := strings.Cut("\n"+string(text), "\n-- "+name+" --\n")
	return 1 + strings.Count(before, "\n")
}

// neutral puts the lessons' endpoints in place of a script's variables.
func neutral(text string) string {
	return strings.NewReplacer(
		"$ENDPOINT2", "tcp://127.0.0.1:5556",
		"$ENDPOINT", "tcp://127.0.0.1:5555",
		"$ADDRESS", "127.0.0.1:5555",
	).Replace(text)
}

// tested returns an error if no test runs a file that a page shows:
//
//   - the package of a Go file must have tests, or its lesson's test must build it;
//   - one of the lesson's scripts must run a Python file;
//   - a script must use its member, and tests must be next to the script's folder.
func (s *site) tested(file, member string) error {
	dir := path.Dir(file)
	switch path.Ext(file) {
	case ".go":
		tests := s.readAll(dir, "*_test.go")
		lessonTests := s.readAll(path.Dir(dir), "*_test.go")
		if tests == "" && !strings.Contains(lessonTests, `"./`+path.Base(dir)+`"`) {
			return errors.New("no test builds its package")
		}
	case ".py":
		if !strings.Contains(s.readAll(path.Dir(dir), "testdata/*.txtar"), path.Base(dir)+"/"+path.Base(file)) {
			return errors.New("no script runs it")
		}
	case ".txtar":
		if s.readAll(path.Dir(dir), "*_test.go") == "" {
			return errors.New("no test runs the script")
		}
		text, err := fs.ReadFile(s.root, file)
		if err != nil {
			return err
		}
		words := strings.Fields(string(txtar.Parse(text).Comment))
		if member != "" && !slices.Contains(words, member) {
			return errors.New("the script does not use it")
		}
	default:
		return errors.New("no test runs such a file")
	}
	return nil
}

func (s *site) readAll(dir, pattern string) string {
	var b strings.Builder
	names, _ := fs.Glob(s.root, path.Join(dir, pattern))
	for _, name := range names {
		text, _ := fs.ReadFile(s.root, name)
		b.Write(text)
	}
	return b.String()
}

// A place is a file or a script's member that ran and may contain an excerpt. Its
// text begins with an empty line.
type place struct{ file, text string }

// places returns the places that a page's code blocks in a language may come from:
// files of the lesson, or of the repository if the page is not a lesson's.
func (s *site) places(p *page, lang string) []place {
	key := [2]string{p.file, lang}
	if s.found[key] == nil {
		s.found[key] = s.readPlaces(p, lang)
	}
	return s.found[key]
}

func (s *site) readPlaces(p *page, lang string) []place {
	dir, endings := path.Dir(p.file), map[string][]string{"go": {".go"}, "python": {".py"}, "text": {".txtar", ".out"}}[lang]
	if !p.lesson() {
		dir = "."
	}
	var places []place
	fs.WalkDir(s.root, dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (file == "docs" || strings.HasPrefix(d.Name(), ".") && file != ".") {
			return fs.SkipDir
		}
		if d.IsDir() || !slices.Contains(endings, path.Ext(file)) {
			return nil
		}
		text, err := fs.ReadFile(s.root, file)
		if path.Ext(file) != ".txtar" {
			places = append(places, place{file, "\n" + string(text)})
			return err
		}
		for _, f := range txtar.Parse(text).Files {
			places = append(places, place{file, "\n" + neutral(string(f.Data))})
		}
		return err
	})
	return places
}

// find returns the places that contain a code block line for line, and the line
// on which it begins.
func (s *site) find(p *page, lang, code string) (found []place, line int) {
	var indented []string
	for depth := range 5 {
		indent := strings.Repeat(map[string]string{"go": "\t", "python": "    "}[lang], depth)
		indented = append(indented, "\n"+lineStart.ReplaceAllString(code, indent+"$1"))
	}
	for _, pl := range s.places(p, lang) {
		for _, code := range indented {
			if i := strings.Index(pl.text, code); i >= 0 {
				found = append(found, pl)
				line = 1 + strings.Count(pl.text[:i], "\n")
				break
			}
		}
	}
	return found, line
}

var lineStart = regexp.MustCompile(`(?m)^(.)`)

// checkBlock records an error if a code block is in no file that ran.
func (s *site) checkBlock(p *page, line int, lang, code string) {
	if p.tested {
		return
	}
	if found, _ := s.find(p, lang, code); len(found) == 0 {
		s.errorf(p.file, line, "this %s block is in no file that ran", lang)
	}
}

// excerpt shows a part of a file, and says which file if only one has it.
func (v *view) excerpt(p *page, line int, lang, code string) string {
	v.site.checkBlock(p, line, lang, code)
	found, first := v.site.find(p, lang, code)
	caption := ""
	if len(found) == 1 {
		name := strings.TrimPrefix(found[0].file, path.Dir(p.file)+"/")
		last := first + strings.Count(code, "\n") - 1
		caption = "<figcaption>" + v.fileLink(found[0].file, name, first, last) + "</figcaption>\n"
	}
	return "<figure class=\"excerpt\">\n" + caption + v.site.highlight(unnumbered, lang, code) + "</figure>\n"
}

// sourcePage shows a file of the repository on its own page, with links back.
func (v *view) sourcePage(file string, from []*page) string {
	text, err := fs.ReadFile(v.site.root, file)
	if err != nil {
		v.site.errorf(file, 1, "%v", err)
	}
	var links []string
	for _, p := range from {
		links = append(links, fmt.Sprintf("<a href=\"%s\">%s</a>", v.href(p, ""), escape(p.headings[0].text)))
	}
	return fmt.Sprintf("<p class=\"place\">Used in %s</p>\n<h1>%s</h1>\n<figure class=\"listing\">\n<figcaption>%s</figcaption>\n%s</figure>\n",
		strings.Join(links, ", "), escape(path.Base(file)), v.fileLink(file, file, 0, 0), v.site.highlight(numbered, language(file, ""), string(text)))
}

func language(file, member string) string {
	if member != "" {
		file = member
	}
	return map[string]string{".go": "go", ".py": "python", ".txtar": "txtar"}[path.Ext(file)]
}

// Each line of a listing is an element, so that the wire can point to it.
var (
	unnumbered = html.New(html.WithClasses(true), html.WithPreWrapper(pre{}))
	numbered   = html.New(html.WithClasses(true), html.WithPreWrapper(pre{}),
		html.WithLineNumbers(true), html.WithLinkableLineNumbers(true, "L"))
)

// pre is the element around a listing. It scrolls, so it must be reachable with
// the keyboard.
type pre struct{}

func (pre) Start(bool, string) string { return "<pre tabindex=\"0\"><code>" }
func (pre) End(bool) string           { return "</code></pre>\n" }

// highlight marks the comments, keywords and values of code.
func (s *site) highlight(format *html.Formatter, lang, code string) string {
	key := highlighted{format, lang, code}
	if shown, ok := s.highlighted[key]; ok {
		return shown
	}
	var b strings.Builder
	var tokens []chroma.Token
	var err error
	switch lang {
	case "go":
		tokens = goTokens(code)
	case "python":
		tokens, err = chroma.Tokenise(python, nil, code)
	case "txtar":
		tokens, err = chroma.Tokenise(scripts, nil, code)
	default:
		tokens = []chroma.Token{{Type: chroma.Text, Value: code}}
	}
	if err == nil {
		for i, t := range tokens {
			tokens[i].Type = kind(t.Type)
		}
		err = format.Format(&b, styles.Fallback, chroma.Literator(tokens...))
	}
	if err != nil {
		panic(err) // cannot happen: neither the lexers nor the builder fail
	}
	s.highlighted[key] = b.String()
	return b.String()
}

type highlighted struct {
	format     *html.Formatter
	lang, code string
}

var python = lexers.Get("python")

// goTokens splits Go code with Go's own scanner, because chroma's takes 100 times
// as long.
func goTokens(code string) (tokens []chroma.Token) {
	file := token.NewFileSet().AddFile("", -1, len(code))
	var s scanner.Scanner
	s.Init(file, []byte(code), nil, scanner.ScanComments)
	add := func(t chroma.TokenType, text string) {
		if text != "" {
			tokens = append(tokens, chroma.Token{Type: t, Value: text})
		}
	}
	at := 0
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			add(chroma.Text, code[at:])
			return tokens
		}
		if tok == token.SEMICOLON && text == "\n" {
			continue // there is none
		}
		if text == "" {
			text = tok.String()
		}
		start := file.Offset(pos)
		add(chroma.Text, code[at:start])
		at = start + len(text)
		add(goKind(tok, text, strings.HasPrefix(code[at:], "(")), text)
	}
}

func goKind(tok token.Token, text string, called bool) chroma.TokenType {
	switch {
	case tok == token.COMMENT:
		return chroma.Comment
	case tok.IsKeyword():
		return chroma.Keyword
	case tok == token.STRING, tok == token.CHAR:
		return chroma.LiteralString
	case tok == token.INT, tok == token.FLOAT:
		return chroma.LiteralNumber
	case tok != token.IDENT:
		return chroma.Text
	}
	switch types.Universe.Lookup(text).(type) {
	case *types.TypeName, *types.Const, *types.Nil:
		return chroma.Keyword
	case nil:
		if called {
			return chroma.NameFunction
		}
	}
	return chroma.Text
}

// scripts marks the comments of a script, and the lines that begin a member.
var scripts = chroma.MustNewLexer(&chroma.Config{Name: "txtar"}, func() chroma.Rules {
	return chroma.Rules{"root": {
		{Pattern: `#.*`, Type: chroma.Comment},
		{Pattern: `-- .+ --`, Type: chroma.Keyword},
		{Pattern: `.*\n`, Type: chroma.Text},
	}}
})

// kind returns the token type that the style sheet uses for a token's type.
func kind(t chroma.TokenType) chroma.TokenType {
	switch {
	case t.InCategory(chroma.Comment):
		return chroma.Comment
	case t.InCategory(chroma.Keyword):
		return chroma.Keyword
	case t.InSubCategory(chroma.LiteralString):
		return chroma.LiteralString
	case t.InSubCategory(chroma.LiteralNumber):
		return chroma.LiteralNumber
	case t.InSubCategory(chroma.NameFunction), t == chroma.NameClass:
		return chroma.NameFunction
	}
	return chroma.Text
}
