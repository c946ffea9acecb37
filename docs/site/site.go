package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// A site is the repository's pages while they are converted to HTML.
type site struct {
	root fs.FS
	addresses
	pages    []*page
	errors   []error
	messages []*message         // what the lessons' programs say on standard error
	shown    map[string][]*page // files that need their own page because a link shows them, and the pages with the link

	found       map[[2]string][]place // by page and language
	highlighted map[highlighted]string
}

// addresses are URLs from the command line, or "": the prefix of a file's path on
// the forge, to read it and to edit it, and the site's address.
type addresses struct{ source, edit, url string }

// A page is a Markdown file of the repository.
type page struct {
	file     string // in the repository: lessons/01-context/README.md
	url      string // on the site: 01-context.html
	group    string // of the navigation
	collects string // the heading of each lesson's section that is shown below the page's own text
	tested   bool   // a separate test compares its code blocks
	text     []byte
	headings []heading
	lead     string // its first paragraph
}

type heading struct {
	level    int
	id, text string
}

// title returns the page's title for lists.
func (p *page) title() string {
	if p.url == "index.html" {
		return "Introduction"
	}
	return strings.TrimPrefix(p.headings[0].text, "Lesson ")
}

func (p *page) lesson() bool { return strings.HasPrefix(p.file, "lessons/") }

// minutes returns how long it takes to read the page, at 200 words a minute.
func (p *page) minutes() int { return (len(strings.Fields(string(p.text))) + 199) / 200 }

// exercises returns the names of a lesson's exercises: 02a, 02b.
func (s *site) exercises(lesson *page) (names []string) {
	folders, _ := fs.Glob(s.root, path.Join(path.Dir(lesson.file), "exercises/*/exercise.go"))
	for _, file := range folders {
		name, _, _ := strings.Cut(path.Base(path.Dir(file)), "-")
		names = append(names, name)
	}
	return names
}

// place returns a text such as "Lesson 2 of 8, 7 minutes to read", or "" if the page
// is not a lesson's.
func (s *site) place(p *page) string {
	lessons := slices.DeleteFunc(slices.Clone(s.pages), func(p *page) bool { return !p.lesson() })
	n := slices.Index(lessons, p) + 1
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("Lesson %d of %d, %d minutes to read", n, len(lessons), p.minutes())
}

// uses records that a page links to a file.
func (s *site) uses(p *page, file string) {
	if !slices.Contains(s.shown[file], p) {
		s.shown[file] = append(s.shown[file], p)
	}
}

func (p *page) heading(id string) bool {
	return slices.ContainsFunc(p.headings, func(h heading) bool { return h.id == id })
}

// errorf records an error in a file of the repository.
func (s *site) errorf(file string, line int, format string, args ...any) {
	s.errors = append(s.errors, fmt.Errorf("%s:%d: %s", file, line, fmt.Sprintf(format, args...)))
}

// mistakes returns all recorded errors, without duplicates: parts of a page are
// shown in several places.
func (s *site) mistakes() error {
	slices.SortFunc(s.errors, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(slices.CompactFunc(s.errors, func(a, b error) bool { return a.Error() == b.Error() })...)
}

func (s *site) page(file string) *page {
	i := slices.IndexFunc(s.pages, func(p *page) bool { return p.file == file })
	if i < 0 {
		return nil
	}
	return s.pages[i]
}

// lesson returns the page of the lesson with that folder or number.
func (s *site) lesson(name string) *page {
	i := slices.IndexFunc(s.pages, func(p *page) bool {
		folder := p.anchor("")
		return p.lesson() && (folder == name || strings.HasPrefix(folder, name+"-"))
	})
	if i < 0 {
		return nil
	}
	return s.pages[i]
}

// load finds the pages, in reading order.
func (s *site) load() error {
	s.pages = []*page{{file: "README.md", url: "index.html", tested: true}}
	lessons, err := fs.Glob(s.root, "lessons/*/README.md")
	if err != nil {
		return err
	}
	for _, file := range lessons {
		s.pages = append(s.pages, &page{file: file, url: path.Base(path.Dir(file)) + ".html", group: "Lessons"})
	}
	pages := []*page{
		{file: "docs/your-own-service.md", url: "your-own-service.html", group: "What next", tested: true},
		{file: "docs/choosing.md", url: "choosing.html", group: "What next", tested: true},
		{file: "docs/contract.md", url: "contract.html", group: "Reference", tested: true},
		{file: "docs/guard.md", url: "guard.html", group: "Reference", tested: true},
		{file: "docs/pyzmq.md", url: "pyzmq.html", group: "Reference"},
		{file: "docs/errors.md", url: "errors.html", group: "Reference", collects: "What goes wrong"},
		{file: "docs/exercises.md", url: "exercises.html", group: "Reference", collects: "Exercises"},
	}
	further, err := fs.Glob(s.root, "docs/*.md")
	if err != nil {
		return err
	}
	for _, file := range further {
		if !slices.ContainsFunc(pages, func(p *page) bool { return p.file == file }) {
			url := strings.TrimSuffix(path.Base(file), ".md") + ".html"
			pages = append(pages, &page{file: file, url: url, group: "Reference"})
		}
	}
	pages = append(pages,
		&page{file: "CONTRIBUTING.md", url: "contributing.html", group: "This site", tested: true},
		&page{file: "docs/site/README.md", url: "made.html", group: "This site"})
	for _, p := range pages {
		if _, err := fs.Stat(s.root, p.file); err == nil {
			s.pages = append(s.pages, p)
		}
	}
	for _, p := range s.pages {
		if p.text, err = fs.ReadFile(s.root, p.file); err != nil {
			return err
		}
		s.outline(p)
		if len(p.headings) == 0 || p.headings[0].level != 1 || p.lead == "" {
			return fmt.Errorf("%s:1: a page begins with its title and a first paragraph", p.file)
		}
	}
	return nil
}

// A menu is the navigation of one page.
type menu struct {
	Group string
	Items []menuItem
}

type menuItem struct {
	Title, URL string
	Here       bool
	Deeper     bool       // a heading below one that is in the menu
	Headings   []menuItem // of the page that is shown
}

// A sheet is the template's data for one HTML file.
type sheet struct {
	Title, Lead    string
	Place          string // such as "Lesson 2 of 8, 7 minutes to read"
	Root           string // the relative path from the file to the site's root: "", "../"
	Menu           []menu
	Body           template.HTML
	Previous, Next menuItem
	File           string // in the repository
	Source, Edit   string // on the forge
	Site, URL      string // where the site and the file will be
}

// build returns the site's files, keyed by name.
func build(root fs.FS, at addresses) (map[string][]byte, error) {
	s := &site{root: root, addresses: at, shown: map[string][]*page{},
		found: map[[2]string][]place{}, highlighted: map[highlighted]string{}}
	if err := s.load(); err != nil {
		return nil, err
	}
	s.collectMessages()
	templates, err := template.ParseFS(root, "docs/site/templates/*.html")
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	if err := addAssets(root, files); err != nil {
		return nil, err
	}
	add := func(url string, sh sheet) error {
		sh.Root, sh.Site, sh.URL = strings.Repeat("../", strings.Count(url, "/")), at.url, at.url+strings.TrimSuffix(url, "index.html")
		if url == notFound {
			sh.Root = at.url // it replaces missing pages in any folder
		}
		var b bytes.Buffer
		err := templates.ExecuteTemplate(&b, "page.html", sh)
		files[url] = b.Bytes()
		return err
	}

	for i, p := range s.pages {
		v := &view{site: s, url: p.url}
		body := v.page(p)
		if p.url == "index.html" {
			if body, err = s.home(body); err != nil {
				return nil, err
			}
		}
		sh := sheet{
			Title: p.headings[0].text,
			Lead:  p.lead,
			Body:  template.HTML(body + s.recordedWire(p)),
			Menu:  s.menu(p.url, v.headings),
			Place: s.place(p),
			File:  p.file,
		}
		if at.source != "" {
			sh.Source = at.source + p.file
		}
		if at.edit != "" {
			sh.Edit = at.edit + p.file
		}
		if i > 0 {
			sh.Previous = menuItem{Title: s.pages[i-1].title(), URL: s.pages[i-1].url}
		}
		if i+1 < len(s.pages) {
			sh.Next = menuItem{Title: s.pages[i+1].title(), URL: s.pages[i+1].url}
		}
		if err := add(p.url, sh); err != nil {
			return nil, err
		}
	}

	if err := add("everything.html", s.everything()); err != nil {
		return nil, err
	}
	for _, file := range slices.Sorted(maps.Keys(s.shown)) {
		url := "source/" + file + ".html"
		v := &view{site: s, url: url}
		err := add(url, sheet{
			Title: file,
			Lead:  "The file " + file + " of the repository.",
			Body:  template.HTML(v.sourcePage(file, s.shown[file])),
			Menu:  s.menu(url, nil),
		})
		if err != nil {
			return nil, err
		}
	}
	err = add(notFound, sheet{
		Title: "There is no such page",
		Lead:  "This site has no page with this address.",
		Body:  "<h1>There is no such page</h1>\n<p>Choose one from the contents, or search for a word.</p>\n",
		Menu:  s.menu(notFound, nil),
	})
	if err != nil {
		return nil, err
	}
	if err := s.addForRobots(files); err != nil {
		return nil, err
	}
	if files["search-index.js"], err = s.index(); err != nil {
		return nil, err
	}
	if files["transcripts.js"], err = s.transcripts(); err != nil {
		return nil, err
	}
	s.checkMessages()
	return files, s.mistakes()
}

// notFound is the file that a web server sends instead of one that does not exist.
const notFound = "404.html"

// addForRobots adds files for search engines and link previews, which need the
// site's address.
func (s *site) addForRobots(files map[string][]byte) error {
	if s.url == "" {
		return nil
	}
	var b bytes.Buffer
	for _, p := range s.pages {
		fmt.Fprintln(&b, s.url+strings.TrimSuffix(p.url, "index.html"))
	}
	files["sitemap.txt"] = b.Bytes()
	files["robots.txt"] = fmt.Appendf(nil, "User-agent: *\nAllow: /\nSitemap: %ssitemap.txt\n", s.url)
	picture, err := s.picture()
	files["wire.png"] = picture
	return err
}

func addAssets(root fs.FS, files map[string][]byte) error {
	names, err := fs.Glob(root, "docs/site/assets/*")
	for _, name := range names {
		data, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		files[path.Base(name)] = data
	}
	return err
}

// A transcript is what a lesson's programs print.
type transcript struct {
	Server string `json:"server"`
	Client string `json:"client"`
}

// transcripts returns a script with the transcripts of all lessons, for readers
// who cannot run the programs on the pages.
func (s *site) transcripts() ([]byte, error) {
	all := map[string]transcript{}
	for _, p := range s.pages {
		file := path.Join(path.Dir(p.file), "testdata/transcript.txtar")
		if _, err := fs.Stat(s.root, file); err != nil || !p.lesson() {
			continue
		}
		server, err := s.member(file, "server.txt")
		if err != nil {
			return nil, err
		}
		client, err := s.member(file, "client.txt")
		if err != nil {
			return nil, err
		}
		all[p.anchor("")] = transcript{server, client}
	}
	data, err := json.Marshal(all)
	return append(append([]byte("transcripts = "), data...), ";\n"...), err
}

// menu returns the navigation, with the headings under the page that is shown.
func (s *site) menu(here string, headings []heading) []menu {
	var m []menu
	for _, p := range s.pages {
		if len(m) == 0 || m[len(m)-1].Group != p.group {
			m = append(m, menu{Group: p.group})
		}
		item := menuItem{Title: p.title(), URL: p.url, Here: p.url == here}
		promises := false
		for _, h := range headings {
			if h.level == 2 {
				promises = h.text == "Promise by promise"
			}
			if item.Here && (h.level == 2 || promises && h.level == 3) {
				item.Headings = append(item.Headings, menuItem{Title: h.text, URL: "#" + h.id, Deeper: h.level > 2})
			}
		}
		m[len(m)-1].Items = append(m[len(m)-1].Items, item)
	}
	last := &m[len(m)-1]
	last.Items = append(last.Items, menuItem{Title: "All on one page", URL: "everything.html", Here: here == "everything.html"})
	return m
}

// everything returns the page that contains all others, for printing and offline
// reading.
func (s *site) everything() sheet {
	v := &view{site: s, url: "everything.html", one: true}
	var b strings.Builder
	b.WriteString("<h1>ZeroMQ lessons in Go, on one page</h1>\n<ul>\n")
	for _, p := range s.pages {
		fmt.Fprintf(&b, "<li><a href=\"#%s\">%s</a></li>\n", p.anchor(""), escape(p.title()))
	}
	b.WriteString("</ul>\n")
	for _, p := range s.pages {
		b.WriteString(v.page(p))
	}
	return sheet{
		Title: "All on one page",
		Lead:  "All lessons and pages on one page, to print and to read without a network.",
		Body:  template.HTML(b.String()),
		Menu:  s.menu("everything.html", nil),
	}
}

// anchor returns the id for one of the page's ids on the page that contains all
// pages.
func (p *page) anchor(id string) string {
	name := strings.TrimSuffix(p.url, ".html")
	if id == "" {
		return name
	}
	return name + "-" + id
}

// page returns the complete page: its own text, and what it collects.
func (v *view) page(p *page) string {
	if v.one {
		v.demote, v.prefix = 1, p.anchor("")+"-"
	}
	body := v.render(p, "")
	if p.collects == "" {
		return body
	}
	own := v.prefix
	for _, lesson := range v.site.pages {
		id := slug(p.collects)
		if !lesson.lesson() || !lesson.heading(id) {
			continue
		}
		name := lesson.anchor("")
		v.heading(2+v.demote, own+name, lesson.headings[0].text)
		body += fmt.Sprintf("<h%d id=\"%s\"><a href=\"%s\">%s</a></h%[1]d>\n",
			2+v.demote, own+name, v.href(lesson, id), escape(lesson.headings[0].text))
		if v.one {
			continue // it is already on this page
		}
		v.prefix = name + "-"
		v.marks = p.file == "docs/errors.md"
		body += v.render(lesson, p.collects)
		if v.marks {
			body += v.furtherMessages(lesson)
		}
		v.prefix, v.marks = own, false
	}
	return body
}

var notSlug = regexp.MustCompile(`[^\p{L}\p{N}\- _]`)

// slug returns a heading's id, which is the same on GitHub, so that links work in
// both places.
func slug(text string) string {
	return strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(text), ""), " ", "-")
}

// outline reads the page's headings and its first paragraph, and checks that
// each <details> ends in its section.
func (s *site) outline(p *page) {
	seen := map[string]int{}
	opened := 0 // line of the <details> that is open
	for n := parse(p.text).FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			h := heading{level: n.Level, text: plain(n, p.text)}
			h.id = slug(h.text)
			seen[h.id]++
			if seen[h.id] > 1 {
				h.id = fmt.Sprintf("%s-%d", h.id, seen[h.id]-1)
			}
			p.headings = append(p.headings, h)
			if opened > 0 && h.level <= 2 {
				s.errorf(p.file, lineOf(n, p.text), "a section cannot begin in <details>")
			}
		case *ast.Paragraph:
			if p.lead == "" {
				p.lead = plain(n, p.text)
			}
		case *ast.HTMLBlock:
			line := lineOf(n, p.text)
			opens := strings.HasPrefix(string(n.Lines().Value(p.text)), "<details>")
			if opens && opened > 0 {
				s.errorf(p.file, line, "<details> in <details>")
			} else if !opens && opened == 0 {
				s.errorf(p.file, line, "</details> has no <details>")
			}
			if opened = 0; opens {
				opened = line
			}
		}
	}
	if opened > 0 {
		s.errorf(p.file, opened, "<details> has no </details>")
	}
}
