package context_test

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
)

func TestMain(m *testing.M) {
	lessontest.Main(m, "./server", "./client", "..", "../02-req-rep/client", "../03-json/client", "../04-gob/client",
		"../05-multipart/client", "../07-strangers/client", "../07-strangers/stranger")
}

func TestLesson(t *testing.T) { lessontest.Lesson(t) }

// A forwarder accepts a connection even though the server is down. The client
// waits for its server anyway.
func TestServerComesLater(t *testing.T) {
	t.Parallel()
	l := listen(t)
	client := exec.Command(lessontest.Program("client"), "-connect", "tcp://"+l.Addr().String())
	var out bytes.Buffer
	client.Stdout, client.Stderr = &out, &out
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	conn.Close() // there is no server yet

	go forward(l, lessontest.Serve(t))
	if err := client.Wait(); err != nil || out.String() != "REQ socket is connected\nREQ socket is closed\n" {
		t.Errorf("%v\n%s", err, &out)
	}
}

func listen(t *testing.T) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// forward passes connections on to a server, as a published port of a container
// or an SSH tunnel does: it accepts one, and closes it if the server is down.
func forward(l net.Listener, endpoint string) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", strings.TrimPrefix(endpoint, "tcp://"))
		if err != nil {
			client.Close()
			continue
		}
		pass := func(to, from net.Conn) {
			io.Copy(to, from)
			to.Close()
		}
		go pass(client, server)
		go pass(server, client)
	}
}

// A Python server exits on SIGINT even if a shell that started it with & made it
// ignore that signal, and on SIGTERM, which a container sends.
func TestPythonServersEnd(t *testing.T) {
	if !host.Required("thorough") {
		t.Skip("CI sends the signals: LESSONS_REQUIRE=thorough")
	}
	python := lessontest.Python(t)
	if runtime.GOOS == "windows" {
		t.Skip("a test cannot press Ctrl-C on Windows")
	}
	servers, err := filepath.Glob("../0[1-5]-*/python/server.py")
	if err != nil || len(servers) != 5 {
		t.Fatalf("found %q: %v", servers, err)
	}
	for _, server := range servers {
		for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
			t.Run(server+" "+signal.String(), func(t *testing.T) {
				t.Parallel()
				endpoint := host.FreeEndpoint()
				command := exec.Command("sh", "-c", `trap "" INT; exec "$0" "$@"`, python, server, "-bind", endpoint)
				if err := command.Start(); err != nil {
					t.Fatal(err)
				}
				defer time.AfterFunc(3*time.Minute, func() { command.Process.Kill() }).Stop()
				lessontest.Await(t, endpoint)
				command.Process.Signal(signal)
				if err := command.Wait(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// A server at [::1] cannot be reached at 127.0.0.1, whatever localhost means.
func TestOtherAddress(t *testing.T) {
	t.Parallel()
	bound := strings.Replace(host.FreeEndpoint(), "127.0.0.1", "[::1]", 1)
	if l, err := net.Listen("tcp", strings.TrimPrefix(bound, "tcp://")); err != nil {
		t.Skipf("this computer has no IPv6: %v", err)
	} else {
		l.Close()
	}
	server := exec.Command(lessontest.Program("server"), "-bind", bound)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer server.Wait()
	defer server.Process.Kill()
	if out, err := exec.Command(lessontest.Program("client"), "-connect", bound).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	other := strings.Replace(bound, "[::1]", "127.0.0.1", 1)
	if out, err := exec.Command(lessontest.Program("client"), "-connect", other).CombinedOutput(); err == nil {
		t.Errorf("a client reached %s at %s: %s", bound, other, out)
	}
}

// The programs of the next lessons repeat what the page explains: a client waits
// for its server, and a second Ctrl-C ends a program that is too busy to
// notice the first one.
func TestSameInNextLessons(t *testing.T) {
	_, dial, _ := strings.Cut(read(t, "client/main.go"), "\n// dial connects")
	for _, lesson := range []string{"02-req-rep", "03-json", "04-gob", "05-multipart", "07-strangers", "08-workers"} {
		if client := read(t, "../"+lesson+"/client/main.go"); !strings.HasSuffix(client, "\n// dial connects"+dial) {
			t.Errorf("the client of %s does not end with this dial", lesson)
		}
	}
	programs, err := filepath.Glob("../*/server/main.go")
	if err != nil || len(programs) != 8 {
		t.Fatalf("found %q: %v", programs, err)
	}
	programs = append(programs, "../06-no-reply/client/main.go", "../08-workers/broker/main.go", "../08-workers/worker/main.go", "../service/main.go")
	for _, program := range programs {
		if !strings.Contains(read(t, program), "\n\tcontext.AfterFunc(ctx, stop)") {
			t.Errorf("%s does not end on a second Ctrl-C", program)
		}
	}
}

func read(t *testing.T, file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
