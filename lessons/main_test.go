package main

import (
	"bytes"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
)

func TestMain(m *testing.M) {
	lessontest.Main(m, ".", "./01-context/client", "./02-req-rep/client", "./03-json/client", "./04-gob/client", "./05-multipart/client",
		"./06-no-reply/client", "./01-context/server", "./02-req-rep/server", "./03-json/server", "./04-gob/server",
		"./05-multipart/server", "./06-no-reply/server", "./07-strangers/server",
		"./07-strangers/client", "./service")
}

// TestTour runs the scripts that concern several lessons.
func TestTour(t *testing.T) {
	if !lessontest.Update() {
		t.Parallel()
	}
	lessontest.Scripts(t, "../testdata")
}

func TestFind(t *testing.T) {
	all := []string{"01-context", "02-req-rep", "12-request"}
	tests := []struct{ part, want string }{
		{"01-context", "01-context"},
		{"02", "02-req-rep"},
		{"2", "02-req-rep"},
		{"12", "12-request"},
		{"rep", "02-req-rep"},
		{"req", ""}, // more than one
		{"", ""},
		{"json", ""}, // none
	}
	for _, test := range tests {
		got, err := find(all, test.part)
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("find(%q) = %q, %v, want %q", test.part, got, err, test.want)
		}
	}
}

func TestColors(t *testing.T) {
	terminal, err := os.Open(os.DevNull) // a character device, like a terminal
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	file, err := os.Open("main.go")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	tests := []struct {
		name          string
		w             *os.File
		noColor, term string
		want          bool
	}{
		{"terminal", terminal, "", "xterm", true},
		{"NO_COLOR", terminal, "1", "xterm", false},
		{"dumb", terminal, "", "dumb", false},
		{"file", file, "", "xterm", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("NO_COLOR", test.noColor)
			t.Setenv("TERM", test.term)
			if got := colorful(test.w); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestLines(t *testing.T) {
	var out bytes.Buffer
	l := &lines{w: &out, prefix: "p | "}
	for _, part := range []string{"a", "b\nc\n\nd", "", "e"} {
		if n, err := l.Write([]byte(part)); n != len(part) || err != nil {
			t.Errorf("Write(%q) = %d, %v", part, n, err)
		}
	}
	l.flush()
	l.flush()
	if got, want := out.String(), "p | ab\np | c\np | \np | de\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The proxy reports which connection has no server.
func TestNoServer(t *testing.T) {
	said := make(chan string, 1)
	log.SetOutput(writer(func(p []byte) (int, error) { said <- string(p); return len(p), nil }))
	defer log.SetOutput(os.Stderr)
	proxy := newProxy("client", "server", false)
	proxy.Patience = 0
	server := host.FreeEndpoint()
	if err := proxy.Listen("tcp://127.0.0.1:0", server); err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	client, err := net.Dial("tcp", strings.TrimPrefix(proxy.Endpoint(), "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if got, want := <-said, "wire 1: no server at "+server+": dial tcp "; !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestReadme runs the tour's command from the README, compares its output, and
// checks that everything the other commands name exists.
func TestReadme(t *testing.T) {
	if !lessontest.Update() {
		t.Parallel()
	}
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)

	const tour = "go run ./lessons 02"
	m := regexp.MustCompile("(?s)```sh\n" + regexp.QuoteMeta(tour) + "\n```.*?```text\n(.*?)```").FindStringSubmatch(readme)
	if m == nil {
		t.Fatalf("README.md has no %q with its output", tour)
	}
	cmd := exec.Command("go", strings.Fields(tour)[1:]...)
	cmd.Dir = ".."
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", tour, err, out)
	}
	for _, program := range []string{"server | ", "client | "} {
		if got, want := of(program, string(out)), of(program, m[1]); !slices.Equal(got, want) {
			t.Errorf("%s printed %q, README.md shows %q", tour, got, want)
		}
	}

	commands := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(readme, -1)
	for _, block := range commands {
		for _, word := range strings.Fields(block[1]) {
			if path, ok := strings.CutPrefix(word, "./"); ok {
				path = strings.TrimSuffix(path, "...")
				if _, err := os.Stat(filepath.Join("..", path)); err != nil {
					t.Errorf("README.md: %v", err)
				}
			}
		}
	}
	for _, link := range regexp.MustCompile(`\]\(([^):#]+)[^:)]*\)`).FindAllStringSubmatch(readme, -1) {
		if _, err := os.Stat(filepath.Join("..", link[1])); err != nil {
			t.Errorf("README.md: %v", err)
		}
	}
	for _, lesson := range lessons() {
		row := "](lessons/" + lesson + "/README.md) | " + idea(lesson) + " |"
		if !strings.Contains(readme, row) {
			t.Errorf("README.md: the table of lessons has no row with %q", row)
		}
	}
}

// of returns the lines of one program.
func of(program, output string) []string {
	var list []string
	for line := range strings.Lines(output) {
		if strings.HasPrefix(line, program) {
			list = append(list, line)
		}
	}
	return list
}
