package main

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"zeromq-lessons/internal/wire"
)

// homeTop begins the first page. It shows a recording until a run replaces it.
var homeTop = template.Must(template.New("").Funcs(template.FuncMap{
	"join":  func(list []string) string { return strings.Join(list, " ") },
	"arrow": func(from wire.End) string { return map[wire.End]string{wire.Client: "→", wire.Server: "←"}[from] },
	"class": func(from wire.End) string {
		return map[wire.End]string{wire.Client: "request", wire.Server: "reply"}[from]
	},
}).Parse(`<p>Learn ZeroMQ’s request-reply in Go by running it: a client asks, a server answers, and you see every byte between them.</p>
<div class="sh run home" data-recorded="{{.Lesson}}">
<pre><code data-command="go run ./lessons 02">go run ./lessons 02</code></pre>
<button type="button" class="start filled">Run in this page</button> <a href="#start">Run on your computer</a>
</div>
<div class="recorded home">
<p>Recorded by the tests:</p>
<div class="programs">
{{- range .Programs}}
<figure>
<figcaption>{{index . 0}}</figcaption>
<pre class="text"><code>{{index . 1}}</code></pre>
</figure>
{{- end}}
</div>
<figure>
<figcaption>on the wire</figcaption>
<div class="wire" tabindex="0" role="group" aria-label="On the wire">
<table>
<thead><tr><th scope="col">From, to</th><th scope="col">What</th><th scope="col">Flags</th><th scope="col">Bytes</th><th scope="col">Text</th></tr></thead>
<tbody>
{{- range .Rows}}
<tr class="{{class .From}}"><td>client {{arrow .From}} server</td><td>{{or .Name .Kind}}</td><td>{{join .Flags}}</td><td>{{if .Parts}}{{.Size}}{{end}}</td><td>{{.Text}}</td></tr>
{{- end}}
</tbody>
</table>
</div>
</figure>
</div>
<ol class="cards lessons">
{{- range .Lessons}}
<li><small>{{.Number}}</small>
<a href="{{.URL}}">{{.Title}}</a>
<p>{{.Lead}}</p>
<small>{{.Minutes}} minutes{{if .Exercises}}, <span class="exercises" data-names="{{join .Exercises}}">{{len .Exercises}} exercises</span>{{end}}</small></li>
{{- end}}
{{- range .Own}}
<li><small>What next</small>
<a href="{{.URL}}">{{.Title}}</a>
<p>{{.Lead}}</p>
<small>{{.Minutes}} minutes</small></li>
{{- end}}
</ol>
`))

// A card links to a page, and says what it is about.
type card struct {
	Number, Title, Lead, URL string
	Minutes                  int
	Exercises                []string
}

func (s *site) card(p *page) card {
	number, title, ok := strings.Cut(p.title(), ": ")
	if !ok {
		number, title = "", p.title()
	}
	return card{number, title, p.lead, p.url, p.minutes(), s.exercises(p)}
}

// home adds the top of the first page below its title: lesson 02, which a button
// runs, and its recording.
func (s *site) home(body string) (string, error) {
	lesson := s.lesson("02")
	if lesson == nil {
		return body, nil
	}
	var programs [][2]string // and what they print
	for _, name := range []string{"server", "client"} {
		output, err := s.member("lessons/"+lesson.anchor("")+"/testdata/transcript.txtar", name+".txt")
		if err != nil {
			return "", err
		}
		programs = append(programs, [2]string{name, output})
	}
	rows, err := s.readRecording(lesson)
	if err != nil {
		return "", err
	}
	var lessons []card
	for _, p := range s.pages {
		if p.lesson() {
			lessons = append(lessons, s.card(p))
		}
	}
	var own []card
	if p := s.page("docs/your-own-service.md"); p != nil {
		c := s.card(p)
		c.Lead, _, _ = strings.Cut(c.Lead, ". ")
		c.Lead += "."
		own = append(own, c)
	}
	title, rest, ok := strings.Cut(body, "</h1>\n")
	if !ok {
		return "", fmt.Errorf("README.md:1: the page has no title")
	}
	// The cards replace the table of lessons.
	before, table, _ := strings.Cut(rest, "<table>\n")
	_, after, ok := strings.Cut(table, "</table>\n")
	if !ok || !strings.HasSuffix(before, "The lessons</a></h2>\n") {
		return "", fmt.Errorf("README.md: the first table is not below the heading The lessons")
	}
	var b strings.Builder
	err = homeTop.Execute(&b, map[string]any{"Lesson": lesson.anchor(""), "Programs": programs, "Rows": folded(rows), "Lessons": lessons, "Own": own})
	return title + "</h1>\n" + b.String() + before + after, err
}

// folded merges the rows of the handshake into the row of their connection, as the
// playground does.
func folded(rows []wireRow) []wireRow {
	head := rows[0]
	var names []string
	rest := slices.DeleteFunc(rows[1:], func(row wireRow) bool {
		opens := row.Kind == "greeting" || row.Name == "READY"
		if opens {
			names = append(names, cmp.Or(row.Name, row.Kind))
		}
		return opens
	})
	head.Text += ": " + strings.Join(names, ", ")
	return append([]wireRow{head}, rest...)
}
