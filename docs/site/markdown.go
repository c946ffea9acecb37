package main

import (
	"bytes"
	"fmt"
	"html"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// A view is an HTML file that shows pages or parts of pages.
type view struct {
	site     *site
	url      string    // of the HTML file
	one      bool      // all pages are in this file
	prefix   string    // in front of the ids of the page that is shown
	demote   int       // how many levels its headings go down
	marks    bool      // whether lines that are messages get an id
	headings []heading // seen so far
}

var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(finishedRenderer{}, 0))),
)

func parse(source []byte) ast.Node {
	return markdown.Parser().Parse(text.NewReader(source))
}

// breakable marks where a line of code in a table may break.
var breakable = regexp.MustCompile(`([._(/=]+)([^)])`)

// finished is a block that is already HTML.
type finished struct {
	ast.BaseBlock
	html string
}

var kindFinished = ast.NewNodeKind("Finished")

func (*finished) Kind() ast.NodeKind         { return kindFinished }
func (*finished) Dump(src []byte, level int) {}

type finishedRenderer struct{}

func (finishedRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindFinished, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			w.WriteString(n.(*finished).html)
		}
		return ast.WalkContinue, nil
	})
}

// render converts a page, or its section with that heading, to HTML.
func (v *view) render(p *page, section string) string {
	doc := parse(p.text)
	headings := cut(doc, p, section)
	// Collect all nodes first, because a tree must not change during a walk.
	var nodes []ast.Node
	ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		nodes = append(nodes, n)
		if n, ok := n.(*ast.Paragraph); ok && v.site.listed(p, n) != nil {
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	for _, n := range nodes {
		v.finish(p, n, headings)
	}
	var b bytes.Buffer
	if err := markdown.Renderer().Render(&b, p.text, doc); err != nil {
		v.site.errorf(p.file, 1, "%v", err)
	}
	return b.String()
}

// cut keeps only what is below the heading, or everything if the heading is "".
// It returns the headings that remain.
func cut(doc ast.Node, p *page, section string) map[ast.Node]heading {
	headings := map[ast.Node]heading{}
	count, inside := 0, section == ""
	for n := doc.FirstChild(); n != nil; {
		next := n.NextSibling()
		keep := inside
		if h, ok := n.(*ast.Heading); ok {
			if section != "" && h.Level <= 2 {
				inside = p.headings[count].text == section
				keep = false
			}
			if keep {
				headings[n] = p.headings[count]
			}
			count++
		}
		if !keep {
			doc.RemoveChild(doc, n)
		}
		n = next
	}
	return headings
}

// finish converts a node of the page to one for the site.
func (v *view) finish(p *page, n ast.Node, headings map[ast.Node]heading) {
	line := lineOf(n, p.text)
	switch n := n.(type) {
	case *ast.Heading:
		if h, ok := headings[n]; ok {
			v.finishHeading(n, h)
		}
	case *ast.Link:
		v.link(p, n, line)
	case *ast.Paragraph:
		if links := v.site.listed(p, n); links != nil {
			replace(n, v.listings(p, links, line))
		}
	case *ast.FencedCodeBlock:
		replace(n, v.codeBlock(p, n, line))
	case *east.Table:
		if len(n.Alignments) > 3 { // it scrolls on narrow screens
			before := &finished{html: `<div class="wide" tabindex="0" role="group" aria-label="Table">` + "\n"}
			n.Parent().InsertBefore(n.Parent(), n, before)
			n.Parent().InsertAfter(n.Parent(), n, &finished{html: "</div>\n"})
		}
	case *east.TableCell:
		if n.Parent().Kind() == east.KindTableHeader && n.FirstChild() == nil {
			v.site.errorf(p.file, line, "a column of the table has no heading")
		}
		if first := n.FirstChild(); first != nil && p.file == "docs/contract.md" {
			if word := plain(first, p.text); word == "kept" || word == "broken" {
				if rest, ok := first.NextSibling().(*ast.Text); ok { // : and why
					rest.Segment.Start += len(":")
				}
				replace(first, fmt.Sprintf(`<span class="chip %s">%[1]s</span>`, word))
			}
		}
	case *east.TableRow:
		if id := rowID(p, n); id != "" {
			n.SetAttributeString("id", []byte(v.prefix+id))
		}
	case *ast.CodeSpan:
		if n.Parent().Kind() == east.KindTableCell {
			replace(n, "<code>"+breakable.ReplaceAllString(escape(plain(n, p.text)), "$1<wbr>$2")+"</code>")
		}
	case *ast.CodeBlock:
		v.site.errorf(p.file, line, "a code block says in which language it is")
	case *ast.HTMLBlock:
		if tags := string(n.Lines().Value(p.text)); detailsTags.MatchString(tags) {
			replace(n, tags)
			break
		}
		v.site.errorf(p.file, line, "the only HTML here is <details>, <summary>…</summary> and </details>, a line each")
	case *ast.Image:
		file := path.Join(path.Dir(p.file), string(n.Destination))
		svg, err := fs.ReadFile(v.site.root, file)
		if err != nil || path.Ext(file) != ".svg" {
			v.site.errorf(p.file, line, "the site shows images only if they are SVG files here, and not %s", file)
		}
		replace(n, string(svg))
	case *ast.RawHTML:
		v.site.errorf(p.file, line, "the site shows no %s", n.Kind())
	}
}

// detailsTags open and close a folded part of a page. Between the tags, after an
// empty line, there is Markdown, as on GitHub.
var detailsTags = regexp.MustCompile(`^(<details>\n<summary>(?:[^<\n]|</?(?:b|code|em)>)+</summary>|</details>)\n?$`)

// rowID returns an id for a table row that the search finds: one on a reference
// page that begins with code.
func rowID(p *page, row *east.TableRow) string {
	cell := row.FirstChild()
	if p.group != "Reference" || cell == nil || cell.FirstChild() == nil || cell.FirstChild().Kind() != ast.KindCodeSpan {
		return ""
	}
	id := slug(strings.ReplaceAll(plain(cell, p.text), ":", "-"))
	if strings.Trim(id, "-") == "" {
		return "" // nobody searches for punctuation
	}
	return "row-" + id
}

func replace(n ast.Node, html string) {
	n.Parent().ReplaceChild(n.Parent(), n, &finished{html: html})
}

// finishHeading gives a heading its id and a link to itself.
func (v *view) finishHeading(n *ast.Heading, h heading) {
	id := v.prefix + h.id
	if h.level == 1 && v.one {
		id = strings.TrimSuffix(v.prefix, "-")
	}
	n.Level = min(h.level+v.demote, 6)
	v.heading(n.Level, id, h.text)
	n.SetAttributeString("id", []byte(id))
	if n.Level == 1 {
		return
	}
	link := ast.NewLink()
	link.Destination = []byte("#" + id)
	for child := n.FirstChild(); child != nil; child = n.FirstChild() {
		link.AppendChild(link, child)
	}
	n.AppendChild(n, link)
}

// heading records a heading that has been written.
func (v *view) heading(level int, id, text string) {
	v.headings = append(v.headings, heading{level, id, text})
}

// href returns a link from the HTML file to a heading of a page, or to its top
// for "".
func (v *view) href(p *page, id string) string {
	switch {
	case v.one:
		return "#" + p.anchor(id)
	case id == "" && p.url == v.url:
		return "#top"
	case id == "":
		return v.relative(p.url)
	case p.url == v.url:
		return "#" + id
	}
	return v.relative(p.url) + "#" + id
}

// relative returns the relative path from the HTML file to another file.
func (v *view) relative(url string) string {
	return strings.Repeat("../", strings.Count(v.url, "/")) + url
}

// link converts a link of a page in the repository to one for the site.
func (v *view) link(p *page, n *ast.Link, line int) {
	dest := string(n.Destination)
	if strings.Contains(dest, "://") {
		return
	}
	file, id := resolve(p, dest)
	if to := v.site.page(file); to != nil {
		if id != "" && !to.heading(id) {
			v.site.errorf(p.file, line, "%s has no heading #%s", file, id)
		}
		n.Destination = []byte(v.href(to, id))
		return
	}
	info, err := fs.Stat(v.site.root, file)
	if err == nil && id != "" {
		_, err = v.site.member(file, id)
	}
	switch {
	case err != nil:
		v.site.errorf(p.file, line, "the link %s: %v", dest, err)
	case !info.IsDir():
		v.site.uses(p, file)
		n.Destination = []byte(v.relative("source/" + file + ".html"))
		if id != "" {
			n.Destination = fmt.Appendf(n.Destination, "#L%d", v.site.memberLine(file, id))
		}
	case v.site.source != "":
		n.Destination = []byte(v.site.source + file)
	default: // a folder, and there is no forge that shows it
		for child := n.FirstChild(); child != nil; child = n.FirstChild() {
			n.Parent().InsertBefore(n.Parent(), n, child)
		}
		n.Parent().RemoveChild(n.Parent(), n)
	}
}

// resolve returns the file in the repository that a page's link refers to, and the
// fragment.
func resolve(p *page, dest string) (file, id string) {
	file, id, _ = strings.Cut(dest, "#")
	if file == "" {
		return p.file, id
	}
	return path.Join(path.Dir(p.file), file), id
}

// listed returns the links of a paragraph that contains only links to files other
// than pages. The site shows these files there.
func (s *site) listed(p *page, n *ast.Paragraph) []*ast.Link {
	var links []*ast.Link
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		switch child := child.(type) {
		case *ast.Link:
			dest := string(child.Destination)
			file, _ := resolve(p, dest)
			if strings.Contains(dest, "://") || path.Ext(file) == ".md" || path.Ext(file) == "" {
				return nil
			}
			links = append(links, child)
		case *ast.Text:
			if between := strings.Trim(string(child.Segment.Value(p.text)), " ,"); between != "" && between != "and" {
				return nil
			}
		default:
			return nil
		}
	}
	return links
}

// languages that a code block may be in.
const languages = " go python sh text mermaid "

func (v *view) codeBlock(p *page, n *ast.FencedCodeBlock, line int) string {
	lang := string(n.Language(p.text))
	code := string(n.Lines().Value(p.text))
	switch {
	case lang == "" || !strings.Contains(languages, " "+lang+" "):
		v.site.errorf(p.file, line, "a code block in the language %q: the site knows%s", lang, languages)
		return ""
	case lang == "mermaid":
		svg, err := sequence(code)
		if err != nil {
			v.site.errorf(p.file, line+err.(*diagramError).line, "%v", err)
		}
		return svg
	case lang == "sh":
		return v.shell(p, code, line+1)
	case lang == "text":
		v.site.checkBlock(p, line, lang, code)
		return "<pre class=\"text\"><code>" + v.mark(p, code) + "</code></pre>\n"
	}
	return v.excerpt(p, line, lang, code)
}

var (
	program = regexp.MustCompile(`^go run \./lessons/(([^/\s]+)/(\w+))( .+)?$`)
	played  = regexp.MustCompile(`^go run \./lessons (?:-wire )?(\d+)$`)
	pyzmq   = regexp.MustCompile(`^python3 lessons/[^/]+/python/(\w+)\.py`)
)

// shell shows commands, each in a separate element. If all are lessons' programs,
// a button runs them on the page. For Python programs it shows what the tests
// recorded.
func (v *view) shell(p *page, code string, line int) string {
	var b strings.Builder
	commands := strings.Split(strings.TrimSpace(code), "\n")
	run, python, plain, recorded := true, false, true, ""
	var programs []string // server, client.py
	for i, command := range commands {
		m, n, py := program.FindStringSubmatch(command), played.FindStringSubmatch(command), pyzmq.FindStringSubmatch(command)
		switch {
		case m != nil:
			programs = append(programs, m[3])
			if _, err := fs.Stat(v.site.root, path.Join("lessons", m[1], "main.go")); err != nil {
				v.site.errorf(p.file, line+i, "the command %s: %v", command, err)
			}
			lesson := v.site.lesson(m[2])
			run, plain, recorded = run && lesson != nil, plain && m[4] == "", m[2]
		case n != nil:
			lesson := v.site.lesson(n[1])
			if lesson == nil {
				v.site.errorf(p.file, line+i, "the command %s: there is no such lesson", command)
				break
			}
			recorded = lesson.anchor("")
		case py != nil:
			run, python = false, true
			programs = append(programs, py[1]+".py")
		default:
			run, plain = false, false
		}
	}
	for _, command := range commands {
		command = escape(strings.TrimSpace(command))
		data := ""
		if run {
			data = ` data-command="` + command + `"`
		}
		fmt.Fprintf(&b, "<pre><code%s>%s</code></pre>\n", data, command)
	}
	if !plain {
		recorded = "" // its output differs from the transcript
	}
	switch {
	case run:
		label := "Run"
		if len(programs) == 1 && len(commands) == 1 {
			label = "Start " + programs[0]
		}
		return fmt.Sprintf("<div class=\"sh run\" data-recorded=\"%s\">\n%s<button type=\"button\" class=\"start\">%s</button>\n</div>\n", recorded, b.String(), label)
	case python:
		shown := ""
		if plain {
			shown = v.site.recorded(p, programs)
		}
		return fmt.Sprintf("<div class=\"sh python\">\n%s<p>Python does not run in a page.</p>\n</div>\n%s", b.String(), shown)
	}
	return fmt.Sprintf("<div class=\"sh\">\n%s</div>\n", b.String())
}

func escape(s string) string { return html.EscapeString(s) }

var tag = regexp.MustCompile(`<[^>]*>`)

// plain returns a node's text without any markup.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				b.Write(util.UnescapePunctuations(n.Segment.Value(source)))
				if n.SoftLineBreak() {
					b.WriteByte(' ')
				}
			}
		case *ast.FencedCodeBlock:
			if entering {
				b.Write(n.Lines().Value(source))
			}
		case *ast.HTMLBlock:
			if entering {
				b.WriteString(html.UnescapeString(tag.ReplaceAllString(string(n.Lines().Value(source)), "")))
			}
		default:
			if !entering && n.Type() == ast.TypeBlock {
				b.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(b.String())
}

// lineOf returns the line of the page on which a node begins.
func lineOf(n ast.Node, source []byte) int {
	pos := n.Pos()
	for pos < 0 && n.Parent() != nil {
		n = n.Parent()
		pos = n.Pos()
	}
	return 1 + bytes.Count(source[:max(pos, 0)], []byte("\n"))
}
