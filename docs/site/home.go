package main

import (
	"fmt"
	"io/fs"
	"strings"
	"text/template"

	"zeromq-lessons/internal/wire"
)

// homeTop begins the first page. What was recorded is there until a run replaces it.
var homeTop = template.Must(template.New("").Funcs(template.FuncMap{
	"escape": escape,
	"join":   func(list []string) string { return strings.Join(list, " ") },
	"arrow":  func(from wire.End) string { return map[wire.End]string{wire.Client: "→", wire.Server: "←"}[from] },
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
<pre class="text"><code>{{escape (index . 1)}}</code></pre>
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
<tr><td>client {{arrow .From}} server</td><td>{{escape (or .Name .Kind)}}</td><td>{{join .Flags}}</td><td>{{if .Parts}}{{.Size}}{{end}}</td><td>{{escape .Text}}</td></tr>
{{- end}}
</tbody>
</table>
</div>
</figure>
</div>
`))

// home puts the top of the first page below its title: lesson 02, which a button
// runs, and what the tests recorded of it.
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
	text, err := fs.ReadFile(s.root, "docs/site/recordings/"+lesson.anchor("")+".txt")
	if err != nil {
		return "", err
	}
	rows, err := readWire(string(text))
	if err != nil {
		return "", err
	}
	title, rest, ok := strings.Cut(body, "</h1>\n")
	if !ok {
		return "", fmt.Errorf("README.md:1: the page has no title")
	}
	var b strings.Builder
	err = homeTop.Execute(&b, map[string]any{"Lesson": lesson.anchor(""), "Programs": programs, "Rows": rows})
	return title + "</h1>\n" + b.String() + rest, err
}
