package strangers_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
	"zeromq-lessons/lessons/07-strangers/guard"
)

func TestMain(m *testing.M) {
	lessontest.Main(m, "./server", "./client", "./stranger", "../02-req-rep/server", "../02-req-rep/client",
		"../08-workers/broker", "../08-workers/worker")
}

func TestLesson(t *testing.T) { lessontest.Lesson(t) }

// Server and client differ from those of lesson 02 only by the guard.
func TestDiffers(t *testing.T) {
	for _, program := range []string{"server", "client"} {
		text := read(t, program+"/main.go")
		text = cut(t, text, "\n\t\"zeromq-lessons/lessons/07-strangers/guard\"\n", "")
		if program == "server" {
			text = cut(t, text, "\tif !strings.HasPrefix", "\t}\n")
			text = cut(t, text, "\t\"strings\"\n", "")
			text = cut(t, text, "\terr := guard.Register", "\t\treturn err\n\t}\n\n")
		} else {
			text = cut(t, text, "\tif err := guard.Register", "\t\treturn err\n\t}\n\n")
		}
		text = strings.Replace(text, `"guard://`, `"tcp://`, 1)
		_, got, _ := strings.Cut(text, "\npackage main\n")
		_, want, _ := strings.Cut(read(t, "../02-req-rep/"+program+"/main.go"), "\npackage main\n")
		if got != want {
			t.Errorf("without its guard, %s/main.go is not ../02-req-rep/%[1]s/main.go: %s", program, lessontest.Difference(got, want))
		}
	}
}

// The server says why it closed the stranger's connection, perhaps only after the
// stranger has exited.
func TestReport(t *testing.T) {
	t.Parallel()
	endpoint := host.FreeEndpoint()
	server := exec.Command(lessontest.Program("server"), "-bind", strings.Replace(endpoint, "tcp", "guard", 1))
	stderr, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer server.Wait()
	defer server.Process.Kill()
	defer time.AfterFunc(patience, func() { server.Process.Kill() }).Stop()
	lessontest.Ask(t, endpoint, []byte("World")) // the server is up
	if out, err := exec.Command(lessontest.Program("stranger"), "-connect", endpoint).CombinedOutput(); err != nil {
		t.Fatalf("the stranger: %v\n%s", err, out)
	}
	got, err := bufio.NewReader(stderr).ReadString('\n')
	want := regexp.MustCompile(`^server: guard: 127\.0\.0\.1:\d+: sent a frame of 9223372036854775807 bytes: MaxMsgSize is 65536\n$`)
	if err != nil || !want.MatchString(got) {
		t.Errorf("got %q, %v, want a match for %s", got, err, want)
	}
}

func read(t *testing.T, file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// cut removes a part of a text.
func cut(t *testing.T, text, from, to string) string {
	before, rest, ok := strings.Cut(text, from)
	_, after, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatalf("no %q and %q in\n%s", from, to, text)
	}
	return before + after
}

// patience is how long a test waits for something that should come soon.
const patience = 2 * time.Minute

// heartbeats is how many heartbeats are more than enough for a peer to give up on
// a connection.
const heartbeats = 15

// A client that uses heartbeats gets a reply that takes longer than its heartbeat
// timeout, from a server that does nothing else meanwhile.
func TestSlowReply(t *testing.T) {
	t.Parallel()
	python := lessontest.Python(t)
	for _, kind := range []string{"REQ", "DEALER"} {
		t.Run(kind, func(t *testing.T) {
			rep := zmq4.NewRep(t.Context())
			defer rep.Close()
			if err := rep.Listen(scheme(t) + "://127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			r := relayTo(t, rep.Addr().String())
			client := start(t, python, "testdata/heartbeat.py", kind, r.endpoint)
			if _, err := rep.Recv(); err != nil {
				t.Fatal(err)
			}
			r.await(t, heartbeats)
			if err := rep.Send(zmq4.NewMsgString("at last")); err != nil {
				t.Fatal(err)
			}
			if got := client(); got != "at last\n" {
				t.Errorf("the client printed %q", got)
			}
			if n := r.conns.Load(); n != 1 {
				t.Errorf("the client connected %d times", n)
			}
		})
	}
}

// A client answers its server's heartbeats, even while it does not wait for a
// reply.
func TestIdleClient(t *testing.T) {
	t.Parallel()
	endpoint := host.FreeEndpoint()
	server := start(t, lessontest.Python(t), "testdata/heartbeat.py", "REP", endpoint)
	r := relayTo(t, strings.TrimPrefix(endpoint, "tcp://"))
	req := zmq4.NewReq(t.Context(), zmq4.WithDialerMaxRetries(-1))
	defer req.Close()
	if err := req.Dial(strings.Replace(r.endpoint, "tcp", scheme(t), 1)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r.await(t, heartbeats)
		if err := req.Send(zmq4.NewMsgString("World")); err != nil {
			t.Fatal(err)
		}
		msg, err := req.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if got := string(msg.Bytes()); got != "Hello, World!" {
			t.Errorf("got %q", got)
		}
	}
	server()
}

// scheme registers the guard under a scheme that only this test uses.
func scheme(t *testing.T) string {
	name := strings.ToLower(strings.ReplaceAll(t.Name(), "/", "-"))
	if err := guard.Register(name, guard.Limits{Report: func(err error) { t.Error(err) }}); err != nil {
		t.Fatal(err)
	}
	return name
}

// start runs a program in the background. It returns a function that waits until
// the program exits, and returns its output.
func start(t *testing.T, args ...string) (wait func() string) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func() string {
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: %v\n%s", args, err, &out)
		}
		return out.String()
	}
}

// A relay connects a client and a server, and counts heartbeats.
type relay struct {
	endpoint string
	conns    atomic.Int32
	pings    chan bool
}

func relayTo(t *testing.T, server string) *relay {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	r := &relay{endpoint: "tcp://" + l.Addr().String(), pings: make(chan bool, 1000)}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			r.conns.Add(1)
			server, err := dial(server)
			if err != nil {
				client.Close()
				continue
			}
			go r.copy(client, server)
			go r.copy(server, client)
		}
	}()
	return r
}

// dial connects to a server, and waits until it is up.
func dial(addr string) (conn net.Conn, err error) {
	for end := time.Now().Add(patience); time.Now().Before(end); <-time.After(10 * time.Millisecond) {
		if conn, err = net.Dial("tcp", addr); err == nil {
			break
		}
	}
	return conn, err
}

func (r *relay) copy(to, from net.Conn) {
	defer to.Close()
	io.Copy(io.MultiWriter(to, r), from)
}

// Write looks for heartbeats in the data.
func (r *relay) Write(p []byte) (int, error) {
	for range bytes.Count(p, []byte("\x04PING")) {
		r.pings <- true
	}
	return len(p), nil
}

// await waits for n more heartbeats.
func (r *relay) await(t *testing.T, n int) {
	t.Helper()
	timeout := time.After(patience)
	for range n {
		select {
		case <-r.pings:
		case <-timeout:
			t.Fatal("no heartbeats")
		}
	}
}
