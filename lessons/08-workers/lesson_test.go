package workers_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
)

func TestMain(m *testing.M) {
	lessontest.Main(m, "./server", "./client", "./broker", "./worker", "../07-strangers/stranger", "..")
}

func TestLesson(t *testing.T) { lessontest.Lesson(t) }

// The client is that of lesson 02.
func TestClient(t *testing.T) {
	for _, file := range []string{"client/main.go", "python/client.py"} {
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile("../02-req-rep/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from lesson 02's", file)
		}
	}
}

// patience is how long a test waits for something that should come soon.
const patience = 2 * time.Minute

// A process is a program of the lesson.
type process struct {
	*exec.Cmd
	lines chan string // what it prints on standard output and standard error
}

// start starts a program, which is killed when the test ends.
func start(t testing.TB, program string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(lessontest.Program(program), args...), lines: make(chan string, 10_000)}
	r, w := io.Pipe()
	p.Stdout, p.Stderr = w, w
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() {
		p.Wait()
		w.Close()
	})
	done.Go(func() {
		for scanner := bufio.NewScanner(r); scanner.Scan(); {
			p.lines <- scanner.Text()
		}
		close(p.lines)
	})
	t.Cleanup(func() {
		p.Process.Kill()
		done.Wait()
	})
	return p
}

// await waits until the program has printed a line that matches each of the
// patterns, one after the other.
func (p *process) await(t testing.TB, patterns ...string) {
	t.Helper()
	timeout := time.After(patience)
	for _, pattern := range patterns {
		for matched := false; !matched; {
			select {
			case line, ok := <-p.lines:
				if !ok {
					t.Fatalf("%s exited before it printed %q", p.Path, pattern)
				}
				matched = regexp.MustCompile(pattern).MatchString(line)
			case <-timeout:
				t.Fatalf("%s did not print %q", p.Path, pattern)
			}
		}
	}
}

// exited waits until the program has exited, and returns its exit status and
// what it printed since the last line that was awaited.
func (p *process) exited(t testing.TB) (status int, rest string) {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				return p.ProcessState.ExitCode(), rest
			}
			rest += line + "\n"
		case <-timeout:
			t.Fatalf("%s did not exit", p.Path)
		}
	}
}

// A service is a broker with its endpoints.
type service struct {
	*process
	clients, workers string
}

func startBroker(t testing.TB, args ...string) *service {
	t.Helper()
	return startBrokerAt(t, host.FreeEndpoint(), host.FreeEndpoint(), args...)
}

func startBrokerAt(t testing.TB, clients, workers string, args ...string) *service {
	t.Helper()
	guarded := func(endpoint string) string { return strings.Replace(endpoint, "tcp", "guard", 1) }
	args = append([]string{"-bind", guarded(clients), "-workers", guarded(workers)}, args...)
	return &service{start(t, "broker", args...), clients, workers}
}

func (s *service) startWorker(t testing.TB, args ...string) *process {
	t.Helper()
	return start(t, "worker", append([]string{"-connect", s.workers}, args...)...)
}

func (s *service) startClient(t testing.TB, args ...string) *process {
	t.Helper()
	return start(t, "client", append([]string{"-connect", s.clients}, args...)...)
}

// The server works on several requests at the same time. None of them is ever
// done here.
func TestServerAtTheSameTime(t *testing.T) {
	t.Parallel()
	endpoint := host.FreeEndpoint()
	server := start(t, "server", "-bind", endpoint, "-goroutines", "3", "-slow", "1h")
	for range 4 {
		start(t, "client", "-connect", endpoint)
	}
	server.await(t, "received", "received", "received")
}

// Two workers take turns.
func TestTurns(t *testing.T) {
	t.Parallel()
	s := startBroker(t)
	first := s.startWorker(t)
	s.await(t, "worker 1 is ready")
	second := s.startWorker(t)
	s.await(t, "worker 2 is ready")
	client := s.startClient(t)
	client.await(t, `^sent "World", received "Hello, World!"$`, "Gophers", "Zoë", `^sent "世界", received "Hello, 世界!"$`)
	first.await(t, `^received "World"$`, `^received "Zoë"$`)
	second.await(t, `^received "Gophers"$`, `^received "世界"$`)
}

// Two workers work at the same time.
func TestAtTheSameTime(t *testing.T) {
	t.Parallel()
	s := startBroker(t)
	first, second := s.startWorker(t, "-slow", "1h"), s.startWorker(t, "-slow", "1h")
	for range 2 {
		s.startClient(t)
	}
	first.await(t, "received")
	second.await(t, "received")
}

// Many clients at the same time each get the reply to their own request, and the
// work for each request is done once.
func TestManyClients(t *testing.T) {
	t.Parallel()
	clients := 50
	if host.Required("thorough") {
		clients = 1000
	}
	s := startBroker(t, "-deadline", "1m")
	workers := []*process{s.startWorker(t), s.startWorker(t), s.startWorker(t)}
	s.await(t, "worker . is ready", "worker . is ready", "worker . is ready")
	const each = 4
	var asking sync.WaitGroup
	for i := range clients {
		asking.Go(func() {
			req := zmq4.NewReq(t.Context(), zmq4.WithDialerMaxRetries(-1))
			defer req.Close()
			if err := req.Dial(s.clients); err != nil {
				t.Error(err)
				return
			}
			for j := range each {
				name := fmt.Sprintf("%d.%d", i, j)
				if err := req.Send(zmq4.NewMsgString(name)); err != nil {
					t.Error(err)
					return
				}
				msg, err := req.Recv()
				if want := "Hello, " + name + "!"; err != nil || string(msg.Bytes()) != want {
					t.Errorf("got %q, %v, want %q", msg.Bytes(), err, want)
					return
				}
			}
		})
	}
	asking.Wait()

	worked := map[string]int{}
	for _, w := range workers {
		w.Process.Kill()
		_, rest := w.exited(t)
		n := strings.Count(rest, "received")
		if n == 0 {
			t.Error("a worker had nothing to do")
		}
		for line := range strings.Lines(rest) {
			worked[line]++
		}
	}
	for i := range clients {
		for j := range each {
			if n := worked[fmt.Sprintf("received \"%d.%d\"\n", i, j)]; n != 1 {
				t.Errorf("the workers received request %d.%d %d times", i, j, n)
			}
		}
	}
}

// Behind the guard two clients with one identity get their own replies.
func TestSameIdentity(t *testing.T) {
	t.Parallel()
	s := startBroker(t)
	s.startWorker(t)
	var asking sync.WaitGroup
	for _, who := range []string{"a", "b"} {
		asking.Go(func() {
			req := zmq4.NewReq(t.Context(), zmq4.WithDialerMaxRetries(-1), zmq4.WithID(zmq4.SocketIdentity("meter")))
			defer req.Close()
			if err := req.Dial(s.clients); err != nil {
				t.Error(err)
				return
			}
			for i := range 100 {
				name := fmt.Sprintf("%s%d", who, i)
				if err := req.Send(zmq4.NewMsgString(name)); err != nil {
					t.Error(err)
					return
				}
				msg, err := req.Recv()
				if want := "Hello, " + name + "!"; err != nil || string(msg.Bytes()) != want {
					t.Errorf("got %q, %v, want %q", msg.Bytes(), err, want)
					return
				}
			}
		})
	}
	asking.Wait()
}
