package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"log"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
)

func TestMain(m *testing.M) {
	if os.Getenv(columnEnv) != "" {
		main() // a probe in its own process
		return
	}
	flag.Parse()
	// go test reuses a cached result unless a file that the test has read has
	// changed, and it does not see what Python reads, so read the file here.
	if _, err := os.ReadFile("contract.py"); err != nil {
		log.Fatal(err)
	}
	os.Exit(m.Run())
}

// TestPromise compares the outcomes of each promise with testdata/contract.json,
// or updates that file if -update is set. Idioms that the page does not
// recommend for a promise run only if LESSONS_REQUIRE names thorough.
func TestPromise(t *testing.T) {
	contract, err := load()
	if err != nil {
		t.Fatal(err)
	}
	if n := host.Files(); n < 1024 {
		t.Skipf("libzmq needs more files than the %d that a process may have open: ulimit -n 1024", n)
	}
	results := run(probesOf(contract.Promises, host.Required("thorough")))
	for i := range contract.Promises {
		p := &contract.Promises[i]
		t.Run(p.ID, func(t *testing.T) {
			changes, err := p.compare(results)
			for _, column := range p.columns(true) {
				if r := results[probeID{p.ID, column}]; errors.Is(r.err, errNotRun) {
					defer t.Skipf("with %s: %v", column, r.err)
				}
			}
			if err != nil {
				t.Error(err)
			}
			for _, change := range changes {
				if lessontest.Update() {
					t.Log(change)
				} else {
					t.Error(change)
				}
			}
		})
	}
	if lessontest.Update() {
		save(t, contract)
	}
}

func save(t *testing.T, c Contract) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "\t")
	if err := e.Encode(c); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(inRepo("testdata/contract.json"), b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestNames checks that the file and both languages have the same promises.
func TestNames(t *testing.T) {
	contract, err := load()
	if err != nil {
		t.Fatal(err)
	}
	python, err := os.ReadFile("contract.py")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, p := range contract.Promises {
		ids = append(ids, p.ID)
		function := "\ndef " + strings.ReplaceAll(p.ID, "-", "_") + "():\n"
		if strings.Count(string(python), function) != 1 {
			t.Errorf("contract.py has no probe for %s", p.ID)
		}
		source, _, _ := strings.Cut(p.Source, ", ")
		if contract.Sources[source] == "" {
			t.Errorf("%s: the source %q has no address", p.ID, source)
		}
		for name := range probes[p.ID] {
			switch kept := slices.Contains(p.Idioms, name); {
			case kept && p.Zmq4 != p.Kept && p.Write == "":
				t.Errorf("%s: name an idiom to write, such as %s", p.ID, name)
			case !kept && p.Write == name:
				t.Errorf("%s: the idiom to write is %s, which does not keep it", p.ID, name)
			case !kept && p.Zmq4 == p.Kept && name != "zmq4":
				t.Errorf("%s: the idiom %s breaks what plain zmq4 keeps", p.ID, name)
			}
		}
		if !regexp.MustCompile(`^(REQ|REP|any)$`).MatchString(p.Socket) {
			t.Errorf("%s: there is no socket type %q", p.ID, p.Socket)
		}
	}
	want := slices.Sorted(maps.Keys(probes))
	slices.Sort(ids)
	if !slices.Equal(ids, want) {
		t.Errorf("testdata/contract.json has the promises %q, want one for each probe: %q", ids, want)
	}
}

func TestNamed(t *testing.T) {
	contract, err := load()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, want string }{
		{"req-alternates", ""},
		{"req-altrenate", `no promise is called "req-altrenate": did you mean req-alternates?`},
		{"alternates", `no promise is called "alternates": did you mean req-alternates or rep-alternates?`},
		{"req-pears", `no promise is called "req-pears": did you mean req-peers or rep-peers?`},
		{"empty_frames", `no promise is called "empty_frames": did you mean empty-frames?`},
		{"nope", `no promise is called "nope": to list all promises, type go run ./lessons contract`},
		{"nothing-like-it", `no promise is called "nothing-like-it": to list `},
		{"", `no promise is called "": to list `},
	}
	for _, test := range tests {
		found, err := contract.named([]string{test.name})
		switch {
		case test.want == "" && (err != nil || len(found) != 1 || found[0].ID != test.name):
			t.Errorf("%q: got %v and the error %v", test.name, found, err)
		case test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want)):
			t.Errorf("%q: got the error %v, want %s", test.name, err, test.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0},
		{"abc", "abd", 1}, {"abc", "xabc", 1}, {"kitten", "sitting", 3},
	} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

// TestClosable checks that idiom_ask.go and lesson 06's client have the same
// transport.
func TestClosable(t *testing.T) {
	pattern := regexp.MustCompile(`(?ms)^type closable.*?^}\n|^func init\(\).*?^}\n|^var withClose.*?$`)
	got := pattern.FindAllString(read(t, "idiom_ask.go"), -1)
	want := pattern.FindAllString(read(t, inRepo("lessons/06-no-reply/client/transport.go")), -1)
	if len(want) != 3 || !slices.Equal(got, want) {
		t.Errorf("got %q, lesson 06 has %q", got, want)
	}
}
