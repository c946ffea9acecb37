package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	printing "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// These tests open the built site in Chromium. They need it, and what
// docs/site/check/package.json names (npm ci --prefix docs/site/check), and are left out
// where one is missing, unless the environment variable LESSONS_REQUIRE names
// browser.

// tool returns the path of a file that npm has installed.
func tool(t *testing.T, name string) string {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("check/node_modules", name))
	if err == nil {
		_, err = os.Stat(file)
	}
	missing(t, err)
	return file
}

func chromium(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("chromium-headless-shell") // it needs a fifth less time
	if err != nil {
		path, err = exec.LookPath("chromium")
	}
	missing(t, err)
	return path
}

func required() bool { return requires("browser") }

func requires(name string) bool {
	return slices.Contains(strings.Split(os.Getenv("LESSONS_REQUIRE"), ","), name)
}

func missing(t *testing.T, err error) {
	t.Helper()
	switch {
	case err == nil:
	case required():
		t.Fatal(err)
	default:
		t.Skip(err)
	}
}

// The flags that keep Chromium from looking for its maker's servers.
var flags = []string{
	"headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
	"disable-background-networking", "disable-component-update", "disable-sync",
}

// A host serves the site in a folder, as GitHub Pages does, and notes what is
// asked for.
type host struct {
	*httptest.Server
	files     map[string][]byte // with the names that they have in the repository
	served    map[string][]byte
	knowsGzip bool                       // it tells the browser that a file called .gz is compressed
	script    string                     // added to each page
	report    func(string) (next string) // takes what the script posts to /report
	mu        sync.Mutex
	asked     []string
	lacks     string // a file that it does not have for now
	slow      string // a file that comes after a delay
	delay     time.Duration
}

func (h *host) late(name string, delay time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.slow, h.delay = name, delay
}

func (h *host) missing(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lacks = name
}

// whole is the site with all that its pages run, and a program that floods.
var whole = sync.OnceValues(func() (map[string][]byte, error) {
	flood, err := os.ReadFile("testdata/flood/main.go")
	if err != nil {
		return nil, err
	}
	return buildAll("../..", addresses{}, map[string]string{"90-flood/server": string(flood)})
})

// editable is the same site, with what its pages need to compile programs: packed as
// it is published where browsers must run, which takes a minute once.
var editable = sync.OnceValues(func() (map[string][]byte, error) {
	if required() {
		return withEditor("-19")
	}
	return withEditor("-3")
})

func withEditor(level string) (map[string][]byte, error) {
	files, err := whole()
	if err != nil {
		return nil, err
	}
	files = maps.Clone(files)
	return files, addEditor(files, "../..", level)
}

func newHost(t *testing.T) *host { return serveSite(t, whole) }

func serveSite(t *testing.T, site func() (map[string][]byte, error)) *host {
	files, err := site()
	if err != nil {
		t.Fatal(err)
	}
	h := &host{files: files, served: hashed(files)}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		h.asked = append(h.asked, r.URL.Path)
		lacks, slow, delay := h.lacks, h.slow, h.delay
		h.mu.Unlock()
		if path.Base(r.URL.Path) == slow {
			time.Sleep(delay)
		}
		if r.URL.Path == "/report" {
			body, _ := io.ReadAll(r.Body)
			io.WriteString(w, h.report(string(body)))
			return
		}
		name := strings.TrimPrefix(r.URL.Path, "/folder/")
		data, ok := h.served[name]
		if name == "script.js" {
			data, ok = []byte(h.script), true
		}
		w.Header().Set("Cache-Control", "no-store")
		if !ok && name != "404.html" && name != "/robots.txt" { // Lighthouse asks for that
			t.Errorf("a page wants %s", r.URL.Path)
		}
		w.Header().Set("Content-Type", map[string]string{
			".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml",
		}[filepath.Ext(name)])
		if !ok || path.Base(name) == lacks {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if filepath.Ext(name) == ".html" && h.script != "" {
			data = append(slices.Clone(data), `<script src="script.js"></script>`...)
		}
		if ext := filepath.Ext(name); ext != ".gz" && ext != ".bin" {
			data = compress(data)
		} else if ext == ".bin" || !h.knowsGzip {
			w.Write(data)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(data)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *host) page(name string) string { return h.URL + "/folder/" + name }

// asks returns the files that were asked for since the last time. The icon is
// left out: Chromium asks for it when it likes.
func (h *host) asks() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	asked := h.asked
	h.asked = nil
	return slices.DeleteFunc(asked, func(name string) bool { return path.Base(name) == "icon.svg" })
}

// pages returns all pages, and one of those that show a file.
func (h *host) pages() []string {
	pages := []string{kinds[3]}
	for name := range h.files {
		if !strings.Contains(name, "/") && strings.HasSuffix(name, ".html") {
			pages = append(pages, name)
		}
	}
	slices.Sort(pages)
	return pages
}

// A tab is a page in Chromium. An exception, or a word on its console, is a mistake.
type tab struct {
	*testing.T
	ctx context.Context
}

// newBrowser starts Chromium, which ends with the test.
func newBrowser(t *testing.T) context.Context {
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(chromium(t)), chromedp.UserDataDir(t.TempDir())}
	for _, flag := range flags {
		options = append(options, chromedp.Flag(flag, true))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	tab{t, ctx}.do() // starts it
	t.Cleanup(func() { chromedp.Cancel(ctx) })
	return ctx
}

// newTab opens a tab that shares nothing with others, no choice of the reader's either.
func newTab(t *testing.T, browser context.Context) tab {
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	console := chromedp.Console(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for message, err := range console {
			if err != nil {
				return
			}
			if !strings.Contains(fmt.Sprint(message), "Failed to load resource") { // the host knows better
				t.Errorf("on the console: %v", message)
			}
		}
	}()
	t.Cleanup(func() {
		chromedp.Cancel(ctx)
		<-ended
	})
	return tab{t, ctx}
}

func (b tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

func (b tab) open(url string)  { b.Helper(); b.do(chromedp.Navigate(url)) }
func (b tab) focus(css string) { b.Helper(); b.do(chromedp.Focus(chromedp.CSS(css))) }
func (b tab) click(css string) { b.Helper(); b.do(chromedp.Click(chromedp.CSS(css))) }

// paste puts a text in an input, over what is there.
func (b tab) paste(css, text string) {
	b.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector(%q).select()", css)))
	if _, err := chromedp.Call(b.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		b.Fatal(err)
	}
}

func (b tab) press(keys ...string) {
	b.Helper()
	for _, key := range keys {
		b.do(chromedp.KeyEvent(key))
	}
}

func (b tab) size(width, height int64) { b.Helper(); b.do(chromedp.EmulateViewport(width, height)) }

func (b tab) theme(name string) {
	b.Helper()
	params := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, params); err != nil {
		b.Fatal(err)
	}
}

// value is an expression of JavaScript, or what it promises, as text.
func value(expression string) chromedp.Action[string] {
	return chromedp.Evaluate[string]("Promise.resolve("+expression+").then(String)", chromedp.EvalAwaitPromise)
}

// text returns the value of an expression of JavaScript.
func (b tab) text(expression string) string {
	b.Helper()
	got, err := chromedp.Run(b.ctx, value(expression))
	if err != nil {
		b.Fatal(err)
	}
	return got
}

// is fails the test unless an expression of JavaScript gets that value within
// a minute.
func (b tab) is(expression string, want any) {
	b.Helper()
	var got string
	var err error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		got, err = chromedp.Run(b.ctx, value(expression))
		if err == nil && got == fmt.Sprint(want) {
			return
		}
	}
	b.Errorf("%s is %s, want %v, %v", expression, got, want, err)
}

func TestBrowser(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *host, tab)
	}{
		{"pages", testPages},
		{"home", testHome},
		{"cards", testCards},
		{"sticky", testSticky},
		{"print", testPrint},
		{"tabs", testTabs},
		{"search", testSearch},
		{"theme", testTheme},
		{"copy", testCopy},
		{"menu", testMenu},
		{"skip", testSkip},
		{"turn", testTurn},
		{"without scripts", testWithoutScripts},
		{"from a disk", testFromDisk},
		{"lessons run", testLessons},
		{"client first", testClientFirst},
		{"errors", testErrors},
		{"two servers", testTwoServers},
		{"killed server", testKilledServer},
		{"pause", testPause},
		{"flood", testFlood},
		{"flooded wire", testFloodedWire},
		{"workers", testWorkers},
		{"playground", testPlayground},
		{"as the text says", testAsTheTextSays},
		{"canceled", testCanceled},
		{"arguments", testArguments},
		{"nothing moves", testNothingMoves},
		{"answers", testAnswers},
		{"forced colors", testForcedColors},
		{"not here", testNotHere},
		{"wire", testWire},
		{"wire keys", testWireKeys},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, newHost(t), newTab(t, browser))
		})
	}
}

// No page has what axe finds, or is wider than the screen, or loads much, or
// loads anything from elsewhere. Wide and light, and narrow and dark, axe looks at
// a page if it has an element of a kind that no page before had.
func testPages(t *testing.T, h *host, b tab) {
	seen := map[string]bool{}
	for _, page := range h.pages() {
		t.Run(page, func(t *testing.T) {
			b := tab{t, b.ctx}
			b.look(looks[0])
			h.asks()
			b.open(h.page(page))
			b.is(`document.readyState`, "complete")
			weigh(t, h, page)
			b.is(`performance.getEntriesByType('resource').filter((e) => !e.name.startsWith(location.origin)).length`, 0)
			isNew := false
			for kind := range strings.SplitSeq(b.text(elementKinds), " ") {
				isNew = isNew || !seen[kind]
				seen[kind] = true
			}
			if page != "everything.html" { // what it holds is on the other pages, too
				b.axe("document", `{ rules: { 'color-contrast': { enabled: false }, 'target-size': { enabled: false } } }`)
			}
			for _, look := range looks {
				b.look(look)
				b.is(`Math.max(innerWidth, document.documentElement.scrollWidth)`, look.width)
				if isNew && page != "everything.html" {
					b.axe("document", `{ runOnly: ['color-contrast', 'target-size', 'link-in-text-block', 'scrollable-region-focusable'] }`)
				}
			}
		})
	}
}

// elementKinds are the elements of a page with their classes, and those that they are in.
const elementKinds = `[...new Set([...document.querySelectorAll('body *')].map((e) => {
	const name = (e) => e.tagName + [...e.classList].sort().map((c) => '.' + c).join('')
	return name(e) + '<' + name(e.parentElement)
}))].join(' ')`

// A look is a theme and a size of the window. What fits into the narrow one fits
// into a phone.
type look struct {
	theme         string
	width, height int64
}

var looks = []look{{"light", 1400, 900}, {"dark", 320, 640}}

func (b tab) look(l look) { b.Helper(); b.theme(l.theme); b.size(l.width, l.height) }

// axe fails the test for each thing that axe finds in a part of the page.
func (b tab) axe(part, options string) {
	b.Helper()
	script, err := os.ReadFile(tool(b.T, "axe-core/axe.min.js"))
	if err != nil {
		b.Fatal(err)
	}
	b.do(chromedp.Evaluate[chromedp.Void](string(script)))
	violations, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](
		`axe.run(`+part+`, `+options+`).then((found) => found.violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.html + ' ' + n.failureSummary)))`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		b.Error(err)
	}
	for _, v := range violations {
		b.Errorf("axe: %s", v)
	}
}

// weigh checks what a page loads before the reader does anything.
func weigh(t *testing.T, h *host, page string) {
	const most = 40 << 10
	asked := h.asks()
	weight := len(compress(h.files["icon.svg"]))
	for _, name := range asked {
		weight += len(compress(h.served[strings.TrimPrefix(name, "/folder/")]))
	}
	if page != "everything.html" && weight > most || len(asked) > 4 {
		t.Errorf("%d bytes, compressed, in %q: the limit is %d, in 4 besides the icon", weight, asked, most)
	}
	t.Logf("%d bytes, compressed, in %d requests", weight, 1+len(asked))
}

// The first page shows what two programs print and send before it loads them, and
// runs them in place of that.
func testHome(t *testing.T, h *host, b tab) {
	lesson := transcripts(t, h)["02-req-rep"]
	b.size(1000, 800)
	b.open(h.page("index.html"))
	b.is(`[...document.querySelectorAll('.recorded.home pre')].map((pre) => pre.textContent).join('|')`, lesson.Server+"|"+lesson.Client)
	b.is(`[...document.querySelectorAll('.recorded.home tr')].filter((row) => /delimiter|frame/.test(row.textContent)).length`, 16)
	b.is(`[...document.querySelectorAll('.recorded.home tbody tr')].slice(0, 1).map((row) => row.textContent)`, "client → serverconnectionnumber 1: greeting, greeting, READY, READY")
	b.is(`document.querySelector('.home a').getAttribute('href')`, "#start")
	b.click(`.home .start`)
	b.status(1, "exit status 0")
	b.output(1, lesson.Client)
	b.is(`document.querySelector('.recorded.home').checkVisibility()`, false)
	b.button("document", "Close")
	b.is(`document.querySelector('.recorded.home').checkVisibility()`, true)
}

// The first page leads to each lesson, and says where the reader has been and
// which exercises are solved.
func testCards(t *testing.T, h *host, b tab) {
	const cards = `[...document.querySelectorAll('.cards li')]`
	b.open(h.page("index.html"))
	b.is(cards+`.length`, len(transcripts(t, h))+1)
	b.is(cards+`.at(-1).querySelector('a').getAttribute('href')`, "your-own-service.html")
	b.is(cards+`[1].innerText.split('\n').filter(Boolean).join('|')`,
		"02|Request and reply|A client sends a name and receives a greeting. You learn how to send and receive strings and bytes.|"+
			b.text(`fetch('02-req-rep.html').then((r) => r.text()).then((text) => text.match(/Lesson 2 of 8, (\d+ minutes)/)[1])`)+", 3 exercises")
	b.do(chromedp.Evaluate[chromedp.Void](`choices.set('solved', '02b 06a 02a 02b')`))
	const visited = `[...document.querySelectorAll('.visited')].map((a) => getComputedStyle(a, '::after').content + a.getAttribute('href')).join(' ')`
	b.is(visited, "")
	b.click(`.cards li:nth-child(2) p`)
	b.is(`location.href`, h.page("02-req-rep.html"))
	b.is(`document.querySelector('.place').textContent.slice(0, 13)`, "Lesson 2 of 8")
	b.is(visited, `"✓" / "visited"02-req-rep.html`) // the script has run
	b.open(h.page("index.html"))
	b.is(visited, `"✓" / "visited"02-req-rep.html "✓" / "visited"02-req-rep.html`) // in the contents, and on the card
	b.is(cards+`.map((card) => card.querySelector('.exercises')?.textContent).slice(0, 3).join('|')`, "2 exercises|2 of 3 exercises done|2 exercises")
}

// What a reader jumps to is below what stays at the top: the bar of a phone, and
// the heads of the contract's tables.
func testSticky(t *testing.T, h *host, b tab) {
	const top = `Math.round(document.querySelector(%q).getBoundingClientRect().top)`
	b.size(360, 740)
	b.open(h.page("02-req-rep.html#what-goes-wrong"))
	b.is(fmt.Sprintf(top, "header"), 0)
	b.is(`document.querySelector('header').offsetHeight < 56`, true)
	b.is(`document.querySelector('#what-goes-wrong').getBoundingClientRect().top >= document.querySelector('header').offsetHeight`, true)
	b.size(1280, 800)
	b.open(h.page("contract.html#req-peers")) // in a part that is folded
	b.is(`document.querySelector('#req-peers').checkVisibility()`, true)
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('tbody tr:nth-child(20)').scrollIntoView()`))
	b.is(fmt.Sprintf(top, "th"), 0)
	b.is(`document.querySelectorAll('#menu a[href="#req-peers"]').length`, 1)
	b.is(`[...document.querySelectorAll('tbody tr')].slice(0, 12).every((row) => row.cells[1].querySelector('.chip').textContent === 'broken')`, true)
}

// On paper there is each file of the tabs with its name, and no page is empty.
func testPrint(t *testing.T, h *host, b tab) {
	b.size(718, 1000) // what A4 has between the margins
	for _, name := range []string{"02-req-rep.html", "contract.html", "index.html"} {
		b.open(h.page(name))
		b.is(`document.querySelectorAll('dialog').length`, 1) // the script has run
		if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
			t.Fatal(err)
		}
		b.is(`[...document.querySelectorAll('figure, figcaption, figcaption span, pre, .wide, .cards, details p')].filter((e) => !e.checkVisibility({ contentVisibilityAuto: true })).map((e) => e.tagName + ' ' + e.textContent.slice(0, 80))`, "")
		b.is(`[...document.querySelectorAll('header, #menu, button, .turn')].filter((e) => e.checkVisibility()).length`, 0)
		paper, err := chromedp.Call(b.ctx, printing.PrintToPDF, printing.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69})
		if err != nil {
			t.Fatal(err)
		}
		contents := pageContents.FindAllSubmatch(paper.Data, -1)
		if len(contents) < 4 {
			t.Errorf("%s: %d pages of paper", name, len(contents))
		}
		for i, m := range contents[:len(contents)-1] { // the last may be short
			_, object, _ := bytes.Cut(paper.Data, fmt.Appendf(nil, "\n%s 0 obj\n", m[1]))
			length := contentLength.FindSubmatch(object)
			if n, err := strconv.Atoi(string(length[1])); err != nil || n < 1000 {
				t.Errorf("%s: page %d has almost nothing: %d bytes, %v", name, i+1, n, err)
			}
		}
	}
}

// What is on a page of a PDF is an object, and how long that is when compressed.
var (
	pageContents  = regexp.MustCompile(`(?s)/Type /Page\n.*?/Contents (\d+) 0 R`)
	contentLength = regexp.MustCompile(`/Length (\d+)`)
)

// The tabs show one file, and keep the choice of language.
func testTabs(t *testing.T, h *host, b tab) {
	const shown = `[...document.querySelectorAll('.tabs figure')].filter((f) => f.checkVisibility()).map((f) => f.dataset.tab).join(' ')`
	b.open(h.page("02-req-rep.html"))
	b.is(shown, "server/main.go client/main.go")
	b.click(`.tabs [role=tab]:nth-child(2)`)
	b.is(shown, "python/server.py python/client.py")
	b.open(h.page("01-context.html"))
	b.is(shown, "python/server.py python/client.py")

	const focused = `document.activeElement.textContent + ' ' + document.activeElement.getAttribute('aria-selected')`
	b.focus(`.tabs [role=tab]:nth-child(2)`)
	b.press(kb.ArrowLeft)
	b.is(focused, "server/main.go true")
	b.press(kb.ArrowLeft) // and round
	b.is(focused, "python/server.py true")
	b.press(kb.Home)
	b.is(shown, "server/main.go client/main.go")
	b.press(kb.End)
	b.is(shown, "python/server.py python/client.py")
	b.press(kb.Tab) // to the listing, which scrolls
	b.is(`document.activeElement.tagName`, "PRE")
}

// The search finds by what a reader would type, with the keyboard alone.
func testSearch(t *testing.T, h *host, b tab) {
	const options = `[...document.querySelectorAll('[role=option]')]`
	b.open(h.page("01-context.html"))
	b.focus(`header .name`)
	h.asks()

	b.press("/")
	b.is(`document.querySelector('dialog').open && document.activeElement.type`, "search")
	b.is(`typeof searchEntries`, "object")
	if asked := h.asks(); len(asked) != 2 {
		t.Errorf("the search loads %q, want its two files", asked)
	}
	for query, want := range searches {
		if !strings.Contains(want, "://") {
			want = h.page(want)
		}
		b.paste(`dialog input`, query)
		b.is(options+`[0]?.href`, want)
	}
	b.paste(`dialog input`, "server: cannot bind to tcp://127.0.0.1:7891: listen tcp 127.0.0.1:7891: bind: address already in use")
	b.is(options+`[0]?.textContent.startsWith('server: cannot bind to')`, true)
	b.paste(`dialog input`, "qqqqqq")
	b.is(`document.querySelector('dialog [role=status]').textContent`, "Nothing found")

	// Esc closes, and the focus is where it was.
	b.press(kb.Escape)
	b.is(`document.querySelector('dialog').open`, false)
	b.is(`document.activeElement.className`, "name")

	// The arrows choose, Enter opens.
	b.press("/")
	b.paste(`dialog input`, "socket")
	b.is(options+`.length > 2`, true)
	b.press(kb.ArrowDown, kb.ArrowDown, kb.ArrowUp)
	b.is(options+`.findIndex((o) => o.ariaSelected === 'true' && o.id === document.activeElement.getAttribute('aria-activedescendant'))`, 1)
	url := b.text(options + `[1].href`)
	b.press(kb.Enter)
	b.is(`location.href`, url)

	// A button and the mouse do, too.
	b.open(h.page("pyzmq.html"))
	b.click(`button.search`)
	b.paste(`dialog input`, "socket")
	b.is(options+`.length > 2`, true)
	url = b.text(options + `[0].href`)
	b.click(`[role=option]`)
	b.is(`location.href`, url)

	// An address can ask.
	b.open(h.page("index.html?q=docker"))
	b.is(options+`[0]?.href`, h.page("your-own-service.html#in-a-container"))

	// Without its files it says so until it is opened again.
	h.missing("search-index.js")
	b.open(h.page("index.html"))
	b.press("/")
	const status = `document.querySelector('dialog [role=status]').textContent`
	const broken = "The search does not work: search-index.js did not load. Close it and try again."
	b.is(status, broken)
	b.paste(`dialog input`, "socket")
	b.is(status, broken)
	h.missing("")
	b.press(kb.Escape)
	b.is(`document.querySelector('dialog').open`, false)
	b.click(`button.search`)
	b.paste(`dialog input`, "socket")
	b.is(options+`.length > 2`, true)
}

// searches are what readers type, and what must be found first.
var searches = map[string]string{
	"docker":                           "your-own-service.html#in-a-container",
	"windows":                          "your-own-service.html#make-it",
	"systemd":                          "your-own-service.html#under-systemd",
	"inproc":                           "01-context.html#endpoints",
	"ipc":                              "01-context.html#endpoints",
	"recieve":                          "02-req-rep.html",
	"threads":                          "02-req-rep.html#one-goroutine-per-socket",
	"wireshark":                        "02-req-rep.html#on-the-wire",
	"pickle":                           "04-gob.html",
	"numpy":                            "05-multipart.html",
	"deadlock":                         "06-no-reply.html",
	"retry":                            "06-no-reply.html",
	"timeout":                          "06-no-reply.html",
	"NOBLOCK":                          "06-no-reply.html#pyzmq-beside-go",
	"Resource temporarily unavailable": "06-no-reply.html#pyzmq-beside-go",
	"backoff":                          "06-no-reply.html#retries-that-make-it-worse",
	"CURVE":                            "07-strangers.html#what-goes-wrong",
	"broker":                           "08-workers.html",
	"envelope":                         "contract.html#rep-delimiter",
	"heartbeat":                        "contract.html#req-heartbeat",
	"linger":                           "guard.html#row-linger",
	"REP":                              "pyzmq.html#rep-the-servers-socket",
	"recv_pyobj":                       "pyzmq.html#row-socketrecv_pyobj",
	"pyobj":                            "pyzmq.html#row-socketrecv_pyobj",
	"NewMsgString":                     "pyzmq.html#row-socketsend_stringtext",
	"sokcet":                           "pyzmq.html#row-zmqsocket",
	"no such host":                     "errors.html#row-no-such-host",
	"connection refused":               "errors.html#row-connection-refused",
	"connection reset by peer":         "errors.html#row-connection-reset-by-peer",
	"address already in use":           "errors.html#row-bind--address-already-in-use",
	"PUB":                              "https://zguide.zeromq.org/docs/chapter1/#pub-and-sub-publish-and-subscribe",
	"majordomo":                        "https://zguide.zeromq.org/docs/chapter4/#reliable-request-reply-the-pirate-patterns-and-majordomo",
}

// The theme is the system's until the reader chooses one, which is kept.
func testTheme(t *testing.T, h *host, b tab) {
	const paper = `getComputedStyle(document.body).backgroundColor`
	const light, dark = "rgb(255, 254, 251)", "rgb(21, 24, 27)"
	b.theme("dark")
	b.open(h.page("index.html"))
	b.is(paper, dark)
	b.is(`document.querySelector('.theme').textContent`, "Light")
	b.theme("light")
	b.is(paper, light)
	b.focus(`.theme`)
	b.press(kb.Enter)
	b.is(paper, dark)
	b.open(h.page("02-req-rep.html"))
	b.is(paper, dark)
	b.click(`.theme`)
	b.is(paper, light)
}

// The button copies the command without its prompt, and says so.
func testCopy(t *testing.T, h *host, b tab) {
	b.open(h.page("02-req-rep.html"))
	b.do(chromedp.Evaluate[chromedp.Void](`navigator.clipboard.writeText = async (text) => { window.copied = text }`))
	b.focus(`.copy`)
	b.press(kb.Enter)
	b.is(`window.copied`, "go run ./lessons/02-req-rep/server")
	b.is(`document.querySelector('.copy').textContent`, "Copied")
}

// On a phone the contents are a button away, for a keyboard too.
func testMenu(t *testing.T, h *host, b tab) {
	const visible = `document.querySelector('#menu').checkVisibility()`
	b.open(h.page("index.html"))
	b.size(1280, 800)
	b.is(visible, true)
	b.size(360, 740)
	b.is(visible, false)
	b.focus(`.contents`)
	b.press(kb.Enter)
	b.is(visible, true)
	b.press(kb.Escape)
	b.is(visible, false)
	b.click(`.contents`)
	b.click(`#menu a[href="02-req-rep.html"]`)
	b.is(`location.href`, h.page("02-req-rep.html"))
}

// The first stop of the keyboard leads past the contents.
func testSkip(t *testing.T, h *host, b tab) {
	b.open(h.page("02-req-rep.html"))
	b.press(kb.Tab)
	b.is(`document.activeElement.textContent`, "Skip to the text")
	b.press(kb.Enter, kb.Tab)
	b.is(`document.querySelector('main').contains(document.activeElement)`, true)
}

// The arrow keys turn the pages, and scroll what has the focus.
func testTurn(t *testing.T, h *host, b tab) {
	b.open(h.page("02-req-rep.html"))
	b.press(kb.ArrowRight)
	b.is(`location.href`, h.page("03-json.html"))
	b.is(`document.readyState`, "complete")
	b.press(kb.ArrowLeft)
	b.is(`location.href`, h.page("02-req-rep.html"))
	b.is(`document.readyState`, "complete")
	b.focus(`.listing pre`)
	b.press(kb.ArrowRight)
	b.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
	b.press(kb.ArrowLeft)
	b.is(`location.href`, h.page("01-context.html"))
}

// Without scripts everything can be read, and nothing is there that does not work.
func testWithoutScripts(t *testing.T, h *host, b tab) {
	params := emulation.SetScriptExecutionDisabledParams{Value: true}
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, params); err != nil {
		t.Fatal(err)
	}
	b.size(1280, 800)
	b.open(h.page("02-req-rep.html"))
	b.is(`[...document.querySelectorAll('.tabs figure')].filter((f) => f.checkVisibility()).length`, 4)
	b.is(`[...document.querySelectorAll('button')].filter((b) => b.checkVisibility()).length`, 0)
	b.size(360, 740)
	b.click(`.contents`)
	b.is(`document.querySelector('#menu').checkVisibility()`, true)
}

// The site works from a disk as well, the search included.
func testFromDisk(t *testing.T, h *host, b tab) {
	dir := filepath.Join(t.TempDir(), "public")
	if err := write(dir, h.files); err != nil {
		t.Fatal(err)
	}
	b.open("file://" + dir + "/index.html")
	b.press("/")
	b.paste(`dialog input`, "recv_string")
	b.is(`document.querySelector('[role=option]')?.getAttribute('href').split('/').pop()`, "pyzmq.html#row-socketrecv_string")
	b.press(kb.Enter)
	b.is(`location.href`, "file://"+dir+"/pyzmq.html#row-socketrecv_string")
}

// Lighthouse has nothing to say against a page of each kind.
func TestLighthouse(t *testing.T) {
	t.Parallel()
	lighthouse, chromium := tool(t, ".bin/lighthouse"), chromium(t)
	h := newHost(t)
	for _, page := range kinds {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			var report struct {
				Categories map[string]struct{ Score float64 }
				Audits     map[string]struct {
					Title            string
					Score            *float64
					ScoreDisplayMode string
				}
			}
			chrome := "--chrome-flags=--" + strings.Join(flags, " --") + " --user-data-dir=" + t.TempDir()
			categories := []string{"accessibility", "best-practices", "seo"}
			cmd := exec.Command(lighthouse, h.page(page), "--quiet", "--output=json", "--only-categories="+strings.Join(categories, ","), chrome)
			cmd.Env = append(os.Environ(), "CHROME_PATH="+chromium)
			cmd.Stderr = os.Stderr
			out, err := cmd.Output()
			if err == nil {
				err = json.Unmarshal(out, &report)
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, category := range categories {
				if score := report.Categories[category].Score; score != 1 {
					t.Errorf("%s: %v", category, 100*score)
				}
			}
			for id, audit := range report.Audits {
				if t.Failed() && audit.ScoreDisplayMode == "binary" && *audit.Score < 1 {
					t.Errorf("%s: %s", id, audit.Title)
				}
			}
		})
	}
}

// kinds are pages of which each is made in another way: the first one, a lesson,
// the largest table, and a file.
var kinds = []string{"index.html", "02-req-rep.html", "contract.html", "source/lessons/02-req-rep/testdata/bad.txtar.html"}

// A page of each kind answers while it loads, on a computer that is four times
// slower: the total blocking time is one that Lighthouse does not call poor.
func testAnswers(t *testing.T, h *host, b tab) {
	const limit = 600 // ms
	if _, err := chromedp.Call(b.ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4}); err != nil {
		t.Fatal(err)
	}
	for _, page := range kinds {
		// A busy machine makes a page slower, and never faster: five tries.
		blocked := math.Inf(1)
		for try := 0; try < 5 && blocked > limit; try++ {
			b.open(h.page(page))
			b.is(`document.querySelectorAll('dialog').length`, 1) // the script has run
			got, err := strconv.ParseFloat(b.text(`new Promise((resolve) => {
				let sum = 0
				new PerformanceObserver((list) => { for (const task of list.getEntries()) sum += task.duration - 50 }).observe({ type: 'longtask', buffered: true })
				setTimeout(() => resolve(sum), 100)
			})`), 64)
			if err != nil {
				t.Fatal(err)
			}
			blocked = min(blocked, got)
		}
		t.Logf("%s: %.0f ms", page, blocked)
		if blocked > limit {
			t.Errorf("%s does not answer for %.0f ms", page, blocked)
		}
	}
}

func TestValid(t *testing.T) {
	t.Parallel()
	validate := tool(t, ".bin/html-validate")
	dir := filepath.Join(t.TempDir(), "public")
	files := maps.Clone(newHost(t).files)
	maps.DeleteFunc(files, func(name string, _ []byte) bool { // those that show a file are alike
		return strings.HasPrefix(name, "source/") && name != kinds[3]
	})
	if err := write(dir, files); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(validate, "-c", "check/.htmlvalidate.json", dir).CombinedOutput()
	if err != nil {
		t.Errorf("html-validate: %v\n%s", err, out)
	}
	bad := filepath.Join(t.TempDir(), "bad.html")
	if err := os.WriteFile(bad, []byte("<p><div></p>"), 0o644); err != nil {
		t.Fatal(err)
	}
	if exec.Command(validate, "-c", "check/.htmlvalidate.json", bad).Run() == nil {
		t.Error("html-validate finds nothing wrong with <p><div></p>")
	}
}

// What the site ships of others is what npm has, with its license beside it. With
// -update, the test writes it.
func TestShipped(t *testing.T) {
	want := map[string][]byte{}
	for ours, theirs := range map[string]string{
		"minisearch.js": "minisearch/dist/umd/index.js", "minisearch.LICENSE.txt": "minisearch/LICENSE.txt",
		"zstddec.js": "zstddec/dist/zstddec.mjs", "zstddec.LICENSE.txt": "zstddec/LICENSE",
	} {
		data, err := os.ReadFile(tool(t, theirs))
		if err != nil {
			t.Fatal(err)
		}
		want[ours] = data
	}
	out := t.TempDir() + "/codemirror.js"
	cmd := exec.Command(tool(t, ".bin/esbuild"), "check/codemirror.js", "--bundle", "--minify", "--format=esm", "--legal-comments=none",
		"--outfile="+out, "--metafile="+out+".json")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	bundle, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	want["codemirror.js"] = bundle
	text, err := os.ReadFile(out + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var meta struct{ Inputs map[string]struct{} }
	if err := json.Unmarshal(text, &meta); err != nil {
		t.Fatal(err)
	}
	packages := map[string]bool{}
	for file := range meta.Inputs {
		if _, file, ok := strings.Cut(file, "node_modules/"); ok {
			parts := strings.Split(file, "/")
			if n := 1 + strings.Count(parts[0], "@"); len(parts) > n {
				packages[strings.Join(parts[:n], "/")] = true
			}
		}
	}
	var licenses []byte
	for _, name := range slices.Sorted(maps.Keys(packages)) {
		license, err := os.ReadFile(tool(t, name+"/LICENSE"))
		if err != nil {
			t.Fatal(err)
		}
		licenses = fmt.Appendf(licenses, "%s\n\n%s\n\n", name, bytes.TrimSpace(license))
	}
	want["codemirror.LICENSE.txt"] = licenses
	for name, data := range want {
		if *update {
			err = os.WriteFile("assets/"+name, data, 0o666)
		} else if got, _ := os.ReadFile("assets/" + name); !bytes.Equal(got, data) {
			err = errors.New("it is not what npm has (go -C docs/site test -run Shipped -update writes it)")
		}
		if err != nil {
			t.Errorf("assets/%s: %v", name, err)
		}
	}
}
