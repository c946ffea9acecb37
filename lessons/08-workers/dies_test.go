//go:build unix

package workers_test

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"zeromq-lessons/internal/host"
)

func (p *process) signal(t testing.TB, s os.Signal) {
	t.Helper()
	if err := p.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
}

// A worker hangs while it has a request. Its client gets an error, another worker
// serves the other clients, and the broker drops the late reply. Then the worker
// gets work again.
func TestWorkerHangs(t *testing.T) {
	t.Parallel()
	s := startBroker(t, "-deadline", "2s", "-heartbeat", "1h") // only the deadline finds the worker
	worker := s.startWorker(t)
	s.await(t, "worker 1 is ready")
	s.startClient(t, "Ada").await(t, `^sent "Ada", received "Hello, Ada!"$`)
	worker.signal(t, syscall.SIGSTOP)
	s.startClient(t, "Grace").await(t, `^sent "Grace", received "error: no reply from a worker within 2s"$`)
	s.await(t, "worker 1 is gone")

	waiting := s.startClient(t, "Barbara")
	s.startWorker(t)
	waiting.await(t, `^sent "Barbara", received "Hello, Barbara!"$`)
	s.await(t, "worker 2 is ready", "request 3 goes to worker 2")

	worker.signal(t, syscall.SIGCONT)
	s.await(t, "worker 3 is ready")
	s.startClient(t, "Ada", "Grace", "Barbara").await(t,
		`^sent "Ada", received "Hello, Ada!"$`, `^sent "Grace", received "Hello, Grace!"$`, `^sent "Barbara", received "Hello, Barbara!"$`)
	worker.await(t, "Ada", "Grace", "Ada|Grace|Barbara")
}

// A worker crashes while it is idle. The broker notices, and gives it no request.
func TestIdleWorkerDies(t *testing.T) {
	t.Parallel()
	s := startBroker(t, "-deadline", "2s", "-heartbeat", "100ms")
	worker := s.startWorker(t)
	s.await(t, "worker 1 is ready")
	worker.signal(t, syscall.SIGKILL)
	s.await(t, "worker 1 is gone")
	client := s.startClient(t, "Ada")
	s.startWorker(t)
	client.await(t, `^sent "Ada", received "Hello, Ada!"$`)
}

// The broker crashes while it has a request. Its client gets an error, and the
// worker reconnects to the next broker.
func TestBrokerRestarts(t *testing.T) {
	t.Parallel()
	clients, workers := host.FreeEndpoint(), host.FreeEndpoint()
	s := startBrokerAt(t, clients, workers, "-heartbeat", "1h") // it does not find out that the worker is stopped
	worker := s.startWorker(t)
	s.await(t, "worker 1 is ready")
	worker.signal(t, syscall.SIGSTOP)
	client := s.startClient(t, "Ada")
	s.await(t, "request 1 goes to worker 1")
	s.signal(t, syscall.SIGKILL)
	client.await(t, `^client: no reply to "Ada": `)
	s.exited(t)
	worker.signal(t, syscall.SIGCONT)
	worker.await(t, "connecting again: lost the broker", "waiting for a broker at "+workers)

	s = startBrokerAt(t, clients, workers)
	s.await(t, "worker 1 is ready")
	s.startClient(t, "Grace").await(t, `^sent "Grace", received "Hello, Grace!"$`)
	worker.await(t, `^received "Grace"$`)
}

// A worker waits for a broker that starts later.
func TestWorkerFirst(t *testing.T) {
	t.Parallel()
	clients, workers := host.FreeEndpoint(), host.FreeEndpoint()
	worker := start(t, "worker", "-connect", workers)
	worker.await(t, "^worker: waiting for a broker at "+workers+"$")
	s := startBrokerAt(t, clients, workers)
	s.await(t, "worker 1 is ready")
	s.startClient(t, "Ada").await(t, `^sent "Ada", received "Hello, Ada!"$`)
}

// A worker waits for a broker that accepts the connection and says nothing, until
// the first Ctrl-C.
func TestSilentBroker(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	worker := start(t, "worker", "-connect", "tcp://"+l.Addr().String())
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	worker.await(t, "^worker: waiting for a broker at tcp://"+l.Addr().String()+"$")
	worker.signal(t, os.Interrupt)
	if status, rest := worker.exited(t); status != 0 || rest != "" {
		t.Errorf("the worker exited with status %d after\n%s", status, rest)
	}
}

// On Ctrl-C the broker refuses requests, and lets the worker finish.
func TestBrokerCloses(t *testing.T) {
	t.Parallel()
	s := startBroker(t, "-heartbeat", "1h") // as above
	worker := s.startWorker(t)
	s.await(t, "worker 1 is ready")
	worker.signal(t, syscall.SIGSTOP)
	served := s.startClient(t, "Ada")
	s.await(t, "request 1 goes to worker 1")
	waiting := s.startClient(t, "Grace")
	s.signal(t, os.Interrupt)
	waiting.await(t, `^sent "Grace", received "error: the broker is closing"$`)
	s.startClient(t, "Barbara").await(t, `^sent "Barbara", received "error: the broker is closing"$`)
	worker.signal(t, syscall.SIGCONT)
	served.await(t, `^sent "Ada", received "Hello, Ada!"$`)
	if status, rest := s.exited(t); status != 0 {
		t.Errorf("the broker exited with status %d after\n%s", status, rest)
	}
}

// A second Ctrl-C stops each program immediately, whatever it is waiting for.
func TestSecondInterrupt(t *testing.T) {
	t.Parallel()
	s := startBroker(t, "-deadline", "1h")
	worker := s.startWorker(t, "-slow", "1h")
	s.startClient(t)
	worker.await(t, "received")
	endpoint := host.FreeEndpoint()
	server := start(t, "server", "-bind", endpoint, "-slow", "1h")
	start(t, "client", "-connect", endpoint)
	server.await(t, "received")
	for _, p := range []*process{worker, s.process, server} {
		timeout := time.After(patience)
		for alive := true; alive; {
			p.signal(t, os.Interrupt)
			select {
			case _, alive = <-p.lines:
			case <-time.After(50 * time.Millisecond): // the first may be on its way
			case <-timeout:
				t.Fatalf("%s did not exit", p.Path)
			}
		}
	}
}

// On Ctrl-C the server and a worker finish their requests.
func TestFinish(t *testing.T) {
	t.Parallel()
	endpoint := host.FreeEndpoint()
	server := start(t, "server", "-bind", endpoint, "-slow", "500ms")
	client := start(t, "client", "-connect", endpoint, "Ada")
	server.await(t, "received")
	server.signal(t, os.Interrupt)
	client.await(t, `^sent "Ada", received "Hello, Ada!"$`)
	if status, _ := server.exited(t); status != 0 {
		t.Errorf("the server exited with status %d", status)
	}

	s := startBroker(t)
	worker := s.startWorker(t, "-slow", "500ms")
	client = s.startClient(t, "Ada")
	worker.await(t, "received")
	worker.signal(t, os.Interrupt)
	client.await(t, `^sent "Ada", received "Hello, Ada!"$`)
	s.await(t, "worker 1 has left")
	if status, _ := worker.exited(t); status != 0 {
		t.Errorf("the worker exited with status %d", status)
	}
}
