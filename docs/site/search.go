package main

import (
	"encoding/json"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// An entry is what the search finds: a section of a page, or a message.
type entry struct {
	Title string `json:"title"`
	Page  string `json:"page"`
	URL   string `json:"url"`
	Text  string `json:"text"`
}

// index returns a script that holds what the search looks through. It is a
// script and not JSON, so that it loads from a disk, too.
func (s *site) index() ([]byte, error) {
	var entries []entry
	for _, p := range s.pages {
		entries = append(entries, sections(p)...)
	}
	if wrong := s.page("docs/errors.md"); wrong != nil {
		seen := map[string]bool{}
		for _, m := range s.messages {
			if !seen[m.text] { // the first lesson that has it explains it
				entries = append(entries, entry{m.text, wrong.title(), wrong.url + "#" + m.id, ""})
			}
			seen[m.text] = true
		}
	}
	data, err := json.Marshal(entries)
	return append(append([]byte("searchEntries = "), data...), ";\n"...), err
}

// sections cuts a page at its headings, and its tables of commands and of
// messages at their rows.
func sections(p *page) (list []entry) {
	var rows []entry
	for n := parse(p.text).FirstChild(); n != nil; n = n.NextSibling() {
		if _, ok := n.(*ast.Heading); ok {
			h := p.headings[len(list)]
			url := p.url + "#" + h.id
			if h.level == 1 {
				url = p.url
			}
			list = append(list, entry{h.text, p.title(), url, ""})
			continue
		}
		if block, ok := n.(*ast.FencedCodeBlock); ok && string(block.Language(p.text)) == "mermaid" {
			continue
		}
		if table, ok := n.(*east.Table); ok {
			before := len(rows)
			for row := table.FirstChild(); row != nil; row = row.NextSibling() {
				if row, ok := row.(*east.TableRow); ok && rowID(p, row) != "" {
					cell := row.FirstChild()
					rows = append(rows, entry{plain(cell, p.text), p.title(), p.url + "#" + rowID(p, row), plain(cell.NextSibling(), p.text)})
				}
			}
			if len(rows) > before {
				continue
			}
		}
		last := &list[len(list)-1]
		last.Text = strings.Join(strings.Fields(last.Text+" "+plain(n, p.text)), " ")
	}
	return append(list, rows...)
}
