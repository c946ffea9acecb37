package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	"zeromq-lessons/internal/lessontest"
)

// docs/contract.md is what the data and the sources make of it now.
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
	t.Errorf("docs/contract.md:%d is out of date: go test ./lessons/contract -update\n\tis:        %s\n\tshould be: %s", line+1, is[line], should[line])
}

// An entry is a promise on the page.
type entry struct {
	Promise
	Code   string   // of the idiom's probe
	Idioms []*idiom // that the code uses
}

// An idiom is a file of this package.
type idiom struct {
	Name, Code string
	uses       *regexp.Regexp // finds a use of it
	Promises   []entry        // that it keeps
}

func page(t *testing.T, c Contract) []byte {
	probes := read(t, "req.go") + read(t, "rep.go") + read(t, "both.go")
	idioms := readIdioms(t)
	var all, kept, mended, broken, libzmq []entry
	for _, p := range c.Promises {
		e := entry{Promise: p}
		if p.Idiom != "" {
			e.Code = function(t, probes, functionName(p.ID)+"Idiom")
		}
		for _, idiom := range idioms {
			if idiom.uses.MatchString(e.Code) {
				idiom.Promises = append(idiom.Promises, e)
				e.Idioms = append(e.Idioms, idiom)
			}
		}
		all = append(all, e)
		switch p.Kept {
		case p.Zmq4:
			kept = append(kept, e)
		case p.Idiom:
			mended = append(mended, e)
		default:
			broken = append(broken, e)
		}
		if p.Kept == p.Libzmq {
			libzmq = append(libzmq, e)
		}
	}

	var b bytes.Buffer
	text := template.Must(template.New("page").Funcs(template.FuncMap{
		"verdict": func(e entry, outcome string) string {
			switch outcome {
			case e.Kept:
				return "kept"
			case "":
				return ""
			default:
				return "**broken**: " + outcome
			}
		},
		"mark": func(e entry, outcome string) string {
			if outcome == e.Kept {
				return outcome
			}
			return "**" + outcome + "**"
		},
		"source": func(e entry) string {
			name, where, _ := strings.Cut(e.Source, ", ")
			return strings.TrimSuffix(fmt.Sprintf("[%s](%s), %s", name, c.Sources[name], where), ", ")
		},
		"in": func(socket string) []entry {
			return slices.DeleteFunc(slices.Clone(all), func(e entry) bool { return e.Socket != socket })
		},
	}).Parse(read(t, "page.md.tmpl")))
	err := text.Execute(&b, map[string]any{
		"Version": version(t), "All": all, "Kept": kept, "Mended": mended, "Broken": broken,
		"Libzmq": libzmq, "Idioms": idioms,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readIdioms(t *testing.T) (list []*idiom) {
	files, err := filepath.Glob("idiom_*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no idioms: %v", err)
	}
	for _, file := range files {
		_, code, ok := strings.Cut(read(t, file), "\n\n// ") // after the imports
		if !ok {
			t.Fatalf("%s declares nothing with a comment", file)
		}
		var names []string
		for _, m := range regexp.MustCompile(`(?m)^(?:func|type) (\w+)`).FindAllStringSubmatch(code, -1) {
			names = append(names, m[1])
		}
		list = append(list, &idiom{
			Name: strings.TrimSuffix(strings.TrimPrefix(file, "idiom_"), ".go"),
			Code: "// " + code,
			uses: regexp.MustCompile(`\b(` + strings.Join(names, "|") + `)[({]`),
		})
	}
	return list
}

// functionName returns what the probe is called in Go: reqAlternates for
// req-alternates.
func functionName(id string) string {
	words := strings.Split(id, "-")
	for i, word := range words[1:] {
		words[i+1] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "")
}

// function returns the source of a function.
func function(t *testing.T, source, name string) string {
	found := regexp.MustCompile(`(?ms)^func ` + name + `\(.*?^}\n`).FindString(source)
	if found == "" {
		t.Fatalf("there is no function %s", name)
	}
	return found
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
