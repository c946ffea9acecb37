//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
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

	// Add the kind of request that the page adds, and one that takes long.
	_, add, _ := strings.Cut(section(t, page, "What you have"), "**To add a kind of request**")
	blocks := fences(add, "go")
	const slow = `"slow": on(func(ctx context.Context, _ entry) (any, error) { println("working"); select {} }),`
	edit(t, dir, "store.go", "return handlers{\n", "return handlers{\n"+slow+"\n"+blocks[0])
	// The request deletes what the first one put, so it comes last.
	edit(t, dir, "main.go", `	case command == "put" && len(args) == 3, command == "get" && len(args) == 2:`+"\n", blocks[1])
	edit(t, dir, "main.go", `command == "delete"`, `command == "slow" && len(args) == 2, command == "delete"`)
	edit(t, dir, "service_test.go", "\t} {\n\t\t_, out, _", blocks[2]+"\t} {\n\t\t_, out, _")
	service = newService(dir)
	service.run(t, "go test .")
	service.run(t, "go build")
	service.start(t)
	if got, want := service.run(t, fences(add, "sh")[0]), fences(add, "text")[0]; got != want {
		t.Errorf("the new kind printed %q, the page shows %q", got, want)
	}

	// A request that does not end keeps the service from exiting until a second
	// Ctrl-C.
	client := exec.Command(filepath.Join(dir, "inventory"), "-connect", "guard://"+service.address, "-timeout", "1h", "slow", "x")
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	defer client.Wait()
	defer client.Process.Kill()
	eventually(t, "the request arrives", func() bool { return strings.Contains(service.log.String(), "working") })
	service.Process.Signal(os.Interrupt)
	eventually(t, "/healthz says that the service is closing", func() bool {
		response, err := http.Get("http://" + service.health + "/healthz")
		if err != nil {
			t.Fatalf("after the first Ctrl-C: %v", err)
		}
		response.Body.Close()
		return response.StatusCode == http.StatusServiceUnavailable
	})
	service.Process.Signal(os.Interrupt)
	defer time.AfterFunc(time.Minute, func() { service.Process.Kill() }).Stop()
	if err := service.Wait(); err == nil || err.Error() != "signal: interrupt" {
		t.Errorf("the service after the second Ctrl-C: %v", err)
	}
}

// edit replaces the only occurrence of a text in a file of the module.
func edit(t *testing.T, dir, file, old, new string) {
	t.Helper()
	file = filepath.Join(dir, file)
	text := read(t, file)
	if strings.Count(text, old) != 1 {
		t.Fatalf("%s has %q %d times, want once", file, old, strings.Count(text, old))
	}
	if err := os.WriteFile(file, []byte(strings.Replace(text, old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); !condition(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// A client waits for the service behind a forwarder, such as a container's
// published port, that accepts connections while the service is not running.
func TestForwarder(t *testing.T) {
	t.Parallel()
	service := newService(".")
	service.Path = lessontest.Program("service")
	forwarder, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer forwarder.Close()
	dropped := make(chan bool, 1000)
	go func() {
		for {
			client, err := forwarder.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", service.address)
			if err != nil {
				client.Close()
				dropped <- true
				continue
			}
			go func() { io.Copy(server, client); server.Close() }()
			go func() { io.Copy(client, server); client.Close() }()
		}
	}()
	client := exec.Command(service.Path, "-connect", "guard://"+forwarder.Addr().String(), "-timeout", "1m", "-tries", "1", "put", "color", "green")
	var stdout, stderr bytes.Buffer // the log may name the dropped connections
	client.Stdout, client.Stderr = &stdout, &stderr
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		<-dropped
	}
	service.start(t)
	if err := client.Wait(); err != nil || stdout.String() != "color = green\n" {
		t.Errorf("%v: got %q and the log %s", err, &stdout, &stderr)
	}
	service.stop(t)
}

// The service and its client say what is wrong, and exit.
func TestServiceFails(t *testing.T) {
	t.Parallel()
	program := lessontest.Program("service")
	silent, err := net.Listen("tcp", "127.0.0.1:0") // it accepts no connection, but the system does
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	service := newService(".")
	service.Path = program
	service.start(t)
	for range 10 { // peers that say nothing
		eventually(t, "the service listens", func() bool {
			conn, err := net.Dial("tcp", service.address)
			if err == nil {
				t.Cleanup(func() { conn.Close() })
			}
			return err == nil
		})
	}
	nowhere, taken, here := host.FreeEndpoint()[len("tcp://"):], silent.Addr().String(), "guard://"+service.address
	for _, test := range []struct {
		args   string
		status int
		want   string
	}{
		{"-h", 0, "SERVICE_BIND sets -bind"},
		{"-bind tcp://127.0.0.1:5555 serve", 2, "is not guard://HOST:PORT"},
		{"-connect tcp://127.0.0.1:5555 get k", 2, "is not guard://HOST:PORT"},
		{"-bind guard://" + nowhere + " -health " + taken + " serve", 1, "-health " + taken + ": listen tcp " + taken + ": bind: address already in use"},
		{"-bind guard://" + taken + " -health 127.0.0.1:0 serve", 1, "listen tcp " + taken + ": bind: address already in use"},
		{"-connect guard://" + nowhere + " -timeout 500ms -tries 2 get k", 1, "in try 2 of 2: .*connection refused"},
		{"-connect guard://" + taken + " -timeout 200ms -tries 2 get k", 1, "in try 2 of 2: .*(timeout|deadline exceeded)"},
		{"-connect " + here + " -timeout 1m put k v", 0, "k = v"},
		{"-connect " + here + " -timeout 1m get x", 1, `"level":"WARN","msg":"exiting","error":"not_found: no value for key x"`},
		{"-connect " + here + " -timeout 1m put k " + strings.Repeat("v", 64<<10), 1, "bad_request: a request is one frame of at most 64 KiB of UTF-8"},
	} {
		cmd := exec.Command(program, strings.Fields(test.args)...)
		out, _ := cmd.CombinedOutput()
		name := test.args[:min(len(test.args), 80)]
		if got := cmd.ProcessState.ExitCode(); got != test.status {
			t.Errorf("%s: exit status %d, want %d", name, got, test.status)
		}
		if !regexp.MustCompile(test.want).Match(out) {
			t.Errorf("%s: printed %s, want %s", name, out, test.want)
		}
	}
	service.stop(t)

	// One Ctrl-C ends a client that waits for a silent peer.
	waiting, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer waiting.Close()
	client := exec.Command(program, "-connect", "guard://"+waiting.Addr().String(), "-timeout", "1h", "get", "k")
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	conn, err := waiting.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	client.Process.Signal(os.Interrupt)
	defer time.AfterFunc(time.Minute, func() { client.Process.Kill() }).Stop()
	client.Wait()
	if got := client.ProcessState.ExitCode(); got != 1 {
		t.Errorf("a client that waits, after one Ctrl-C: exit status %d, want 1", got)
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
	for _, file := range globs(t, "service/*.go") {
		if !strings.Contains(have, "| `"+filepath.Base(file)+"` |") {
			t.Errorf("the table does not have %s", file)
		}
	}
	lines := 0
	for _, file := range globs(t, "service/*.go") {
		lines += strings.Count(read(t, file), "\n")
	}
	if lines > 410 {
		t.Errorf("the service has %d lines: that is too long to copy", lines)
	}
}

// What pages show of the benchmarks in docs/compare was recorded.
func TestRecorded(t *testing.T) {
	for page, recorded := range map[string]string{"docs/choosing.md": "result.txt", "CONTRIBUTING.md": "wait.txt"} {
		if want := read(t, "../docs/compare/"+recorded); !slices.Contains(fences(read(t, "../"+page), "text"), want) {
			t.Errorf("%s does not show docs/compare/%s:\n%s", page, recorded, want)
		}
	}
}

// systemd itself reads the unit file, where it is installed.
func TestUnitFile(t *testing.T) {
	t.Parallel()
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
	log             logBuffer
}

// A logBuffer may be read while the service writes it.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
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
