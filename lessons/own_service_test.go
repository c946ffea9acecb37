//go:build unix

package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
)

const ownService = "../docs/your-own-service.md"

// The page's commands make a module in an empty folder.
func TestOwnService(t *testing.T) {
	lessontest.Thorough(t)
	page := read(t, ownService)
	dir := makeModule(t, page)
	service := newService(dir)
	service.start(t)

	_, usage, _ := strings.Cut(section(t, page, "Make it"), "In a second terminal")
	shell := fences(usage, "sh")[0]
	if got, want := service.run(t, shell), fences(usage, "text")[0]; got != want {
		t.Errorf("%s\nprinted %q, the page shows %q", shell, got, want)
	}
	if err := exec.Command(filepath.Join(dir, "inventory"), "drop").Run(); err == nil || err.(*exec.ExitError).ExitCode() != 2 {
		t.Errorf("an unknown command: %v, want exit status 2", err)
	}

	response, err := http.Get("http://" + service.health + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("/healthz: %s", response.Status)
	}
	service.stop(t)
	if n := strings.Count(service.log.String(), `"msg":"request","id":"`); n != 2 {
		t.Errorf("the log has %d requests:\n%s", n, &service.log)
	}
}

// The page's other blocks are files.
func TestOwnServicePage(t *testing.T) {
	page := read(t, ownService)
	for _, test := range []struct{ heading, lang, file string }{
		{"In a container", "text", "service/Dockerfile"},
		{"Under systemd", "text", "service/inventory.service"},
	} {
		if got, want := fences(section(t, page, test.heading), test.lang)[0], read(t, test.file); got != want {
			t.Errorf("under %q the page shows\n%s\nand %s is\n%s", test.heading, got, test.file, want)
		}
	}
	have := section(t, page, "What you have")
	for line := range strings.Lines(fences(have, "text")[0]) {
		if !strings.Contains(read(t, "service/service_test.go"), strings.TrimSpace(line)) {
			t.Errorf("no test of the service has %s", line)
		}
	}
	shown := regexp.MustCompile(`(?m)^`).ReplaceAllString(strings.TrimSpace(fences(have, "go")[0]), "\t\t")
	if !strings.Contains(read(t, "service/store.go"), shown) {
		t.Errorf("store.go does not have\n%s", shown)
	}
	for _, file := range globs(t, "service/*.go") {
		if !strings.Contains(have, "| `"+filepath.Base(file)+"` |") {
			t.Errorf("the table does not have %s", file)
		}
	}
	lines := 0
	for _, file := range globs(t, "service/*.go") {
		lines += strings.Count(read(t, file), "\n")
	}
	if lines >= 400 {
		t.Errorf("the service has %d lines: that is too long to copy", lines)
	}
}

// The comparison on the other page is one that was recorded.
func TestChoosingPage(t *testing.T) {
	if got, want := fences(read(t, "../docs/choosing.md"), "text")[0], read(t, "../docs/compare/result.txt"); got != want {
		t.Errorf("docs/choosing.md shows\n%s\nand docs/compare/result.txt is\n%s", got, want)
	}
}

// systemd itself reads the unit file, where it is installed.
func TestUnitFile(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("no systemd-analyze")
	}
	unit := filepath.Join(t.TempDir(), "inventory.service")
	program, err := os.Executable() // any: systemd-analyze looks whether it is there
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(read(t, "service/inventory.service"), "/usr/local/bin/inventory", program, 1)
	if err := os.WriteFile(unit, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("systemd-analyze", "verify", "--man=no", unit).CombinedOutput()
	if err != nil || bytes.Contains(out, []byte("inventory.service")) {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}

// makeModule runs the page's first commands in an empty folder, and returns the
// folder of the module that they made.
func makeModule(t *testing.T, page string) (dir string) {
	// The test reads what the commands copy, or go test would not run it again.
	for _, file := range append(globs(t, "service/*"), globs(t, "07-strangers/guard/*.go")...) {
		read(t, file)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	if err := os.Symlink(root, filepath.Join(empty, "zeromq-lessons")); err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(section(t, page, "Make it"), "Start the service")
	script := strings.Join(fences(before, "sh"), "")
	cmd := exec.Command("sh", "-e", "-c", script)
	cmd.Dir = empty
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s\n%v\n%s", script, err, out)
	}
	return filepath.Join(empty, "inventory")
}

// A service runs in a folder that makeModule made.
type service struct {
	*exec.Cmd
	address, health string
	log             bytes.Buffer
}

func newService(dir string) *service {
	s := &service{
		address: strings.TrimPrefix(host.FreeEndpoint(), "tcp://"),
		health:  strings.TrimPrefix(host.FreeEndpoint(), "tcp://"),
	}
	s.Cmd = exec.Command("./inventory", "serve")
	s.Dir, s.Stderr = dir, &s.log
	s.Env = append(os.Environ(), "SERVICE_BIND=guard://"+s.address, "SERVICE_HEALTH="+s.health)
	return s
}

func (s *service) start(t *testing.T) {
	t.Helper()
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Process.Kill() })
}

// run runs commands of the page, with this service's endpoint.
func (s *service) run(t *testing.T, script string) (stdout string) {
	t.Helper()
	cmd := exec.Command("sh", "-e", "-c", script)
	cmd.Dir = s.Dir
	cmd.Env = append(os.Environ(), "SERVICE_CONNECT=guard://"+s.address, "SERVICE_TIMEOUT=1m")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s\n%v\n%s", script, err, &stderr)
	}
	return string(out)
}

// stop stops the service as docker stop and systemctl stop do.
func (s *service) stop(t *testing.T) {
	t.Helper()
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(time.Minute, func() { s.Process.Kill() }).Stop()
	if err := s.Wait(); err != nil {
		t.Errorf("the service after SIGTERM: %v\n%s", err, &s.log)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func globs(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	return files
}

// section returns the part of a page under a heading.
func section(t *testing.T, page, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("the page has no heading %q", heading)
	}
	text, _, _ := strings.Cut(rest, "\n## ")
	return text
}

// fences returns a text's code blocks in a language.
func fences(text, lang string) (blocks []string) {
	for _, m := range regexp.MustCompile("(?s)```"+lang+"\n(.*?)```").FindAllStringSubmatch(text, -1) {
		blocks = append(blocks, m[1])
	}
	if len(blocks) == 0 {
		panic(fmt.Sprintf("no %s block in %q", lang, text))
	}
	return blocks
}
