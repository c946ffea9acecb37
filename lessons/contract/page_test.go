package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	"zeromq-lessons/internal/lessontest"
)

// TestPage checks that docs/contract.md is what the template generates.
func TestPage(t *testing.T) {
	contract, err := load()
	if err != nil {
		t.Fatal(err)
	}
	want := page(t, contract)
	if lessontest.Update() {
		if err := os.WriteFile(inRepo("docs/contract.md"), want, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(inRepo("docs/contract.md"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	is, should := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	line := 0
	for line < min(len(is), len(should))-1 && is[line] == should[line] {
		line++
	}
	t.Errorf("docs/contract.md:%d is out of date: go test ./lessons/contract -update\n\tgot:  %s\n\twant: %s", line+1, is[line], should[line])
}

// An idiom is an entry on the page.
type idiom struct {
	Name, Text  string    // Text is the first paragraph of its first doc comment
	File        string    // its source, or "" for the guard
	For         []Promise // promises that the page recommends it for
	Keeps       []Promise // other promises that it keeps and zmq4 breaks
	DoesNotKeep []Promise // promises that were tried and that it breaks
}

func page(t *testing.T, c Contract) []byte {
	idioms := map[string]*idiom{}
	for _, p := range c.Promises {
		for name := range probes[p.ID] {
			if idioms[name] == nil && name != "zmq4" {
				idioms[name] = newIdiom(t, name)
			}
			switch i := idioms[name]; {
			case name == "zmq4":
			case !slices.Contains(p.Idioms, name):
				i.DoesNotKeep = append(i.DoesNotKeep, p)
			case p.Write == name:
				i.For = append(i.For, p)
			case p.Zmq4 != p.Kept:
				i.Keeps = append(i.Keeps, p)
			}
		}
	}
	only := func(keep func(p Promise) bool) (found []Promise) {
		for _, p := range c.Promises {
			if keep(p) {
				found = append(found, p)
			}
		}
		return found
	}

	var b bytes.Buffer
	text := template.Must(template.New("page").Funcs(template.FuncMap{
		"verdict": func(p Promise, outcome string) string {
			if outcome == p.Kept {
				return "kept"
			}
			return "**broken**: " + outcome
		},
		"outcome": func(p Promise, outcome string) string {
			if outcome == p.Kept {
				return "kept: " + outcome
			}
			return "**broken**: " + outcome
		},
		"source": func(p Promise) string {
			name, where, _ := strings.Cut(p.Source, ", ")
			return strings.TrimSuffix(fmt.Sprintf("[%s](%s), %s", name, c.Sources[name], where), ", ")
		},
		"of": func(socket string) []Promise {
			return only(func(p Promise) bool { return p.Socket == socket })
		},
	}).Parse(read(t, "page.md.tmpl")))
	err := text.Execute(&b, map[string]any{
		"Version": version(t),
		"All":     c.Promises,
		"Kept":    only(func(p Promise) bool { return p.Zmq4 == p.Kept }),
		"Broken":  only(func(p Promise) bool { return p.Zmq4 != p.Kept }),
		"Fixed":   only(func(p Promise) bool { return p.Write != "" }),
		"Lost":    only(func(p Promise) bool { return p.Zmq4 != p.Kept && p.Write == "" }),
		"Libzmq":  only(func(p Promise) bool { return p.Libzmq == p.Kept }),
		"Sockets": []map[string]string{
			{"Name": "REQ", "Title": "REQ, the client's socket"},
			{"Name": "REP", "Title": "REP, the service's socket"},
			{"Name": "any", "Title": "Any socket"},
		},
		"Idioms": slices.SortedFunc(maps.Values(idioms), func(a, b *idiom) int {
			return cmp.Or(len(b.For)-len(a.For), strings.Compare(a.Name, b.Name))
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func newIdiom(t *testing.T, name string) *idiom {
	if name == "guard" {
		return &idiom{Name: name, Text: "The [guard](../lessons/07-strangers/README.md) is the transport of lesson 07:\nlisten on guard:// or dial guard:// instead of tcp://. It closes connections that\nbreak the protocol or exceed its limits, such as 1 MiB per message."}
	}
	file := "idiom_" + name + ".go"
	m := regexp.MustCompile(`\n\n((?:// .*\n)+)`).FindStringSubmatch(read(t, file))
	if m == nil {
		t.Fatalf("%s declares nothing with a doc comment", file)
	}
	text := strings.ReplaceAll(strings.TrimPrefix(m[1], "// "), "\n// ", "\n")
	return &idiom{Name: name, File: file, Text: strings.TrimSpace(text)}
}

// version returns the version of zmq4 that go.mod names.
func version(t *testing.T) string {
	m := regexp.MustCompile(`go-zeromq/zmq4 (v\S+)`).FindStringSubmatch(read(t, inRepo("go.mod")))
	if m == nil {
		t.Fatal("go.mod does not name zmq4")
	}
	return m[1]
}

func read(t *testing.T, name string) string {
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
