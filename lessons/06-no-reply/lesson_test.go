package noreply_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
)

func TestMain(m *testing.M) { lessontest.Main(m, "./server", "./client") }

func TestLesson(t *testing.T) { lessontest.Lesson(t) }

// patience is how long a test waits for something that should happen soon.
const patience = 2 * time.Minute

// Ctrl-C ends a client that waits for a reply or for a server.
func TestCtrlC(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("os/exec cannot press Ctrl-C here")
	}
	t.Run("go", func(t *testing.T) {
		testCtrlC(t, "1h", "50ms", lessontest.Program("client"))
	})
	t.Run("pyzmq", func(t *testing.T) {
		testCtrlC(t, "3600", "0.05", lessontest.Python(t), "python/client.py")
	})
}

func testCtrlC(t *testing.T, long, short string, client ...string) {
	const interrupted = "client: no reply to \"World\": interrupted\n"
	endpoint := host.FreeEndpoint()
	client = append(client, "-connect", endpoint, "-tries", "1000000", "-timeout")

	// The client's first try failed, and it tries again.
	p := start(t, append(client, short)...)
	p.until(t, "(try 1 of 1000000)")
	if status, last := p.signal(t, os.Interrupt); status != 1 || !strings.HasSuffix(last, interrupted) {
		t.Errorf("with no server, the client's status is %d, and it printed:\n%s", status, last)
	}

	// The server received the client's request and does not reply.
	server := start(t, lessontest.Program("server"), "-bind", endpoint, "-slow", "1h")
	p = start(t, append(client, long)...)
	server.until(t, `received "World"`)
	if status, last := p.signal(t, os.Interrupt); status != 1 || last != interrupted {
		t.Errorf("with no reply, the client's status is %d, and it printed:\n%s", status, last)
	}
	if status, last := server.signal(t, os.Interrupt); status != 0 || last != "" {
		t.Errorf("the server's status is %d, and it printed:\n%s", status, last)
	}
}

// The Python server exits on Ctrl-C and SIGTERM even if it was started with both
// ignored. A script ignores SIGINT in a program that it starts with &, and the
// kernel ignores both in the first process of a container.
func TestPythonSignals(t *testing.T) {
	t.Parallel()
	python := lessontest.Python(t)
	if runtime.GOOS == "windows" {
		t.Skip("no signals on Windows")
	}
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		endpoint := host.FreeEndpoint()
		server := start(t, "sh", "-c", `trap "" INT TERM; exec "$@"`, "sh", python, "-u", "python/server.py", "-bind", endpoint)
		lessontest.Ask(t, endpoint, []byte("Ada"))
		server.until(t, `received "Ada"`)
		if status, last := server.signal(t, sig); status != 0 || last != "" {
			t.Errorf("%v: the server's status is %d, and it printed:\n%s", sig, status, last)
		}
	}
}

// A process is a program that runs in the background.
type process struct {
	*exec.Cmd
	output *bufio.Reader // standard output and standard error
}

func start(t *testing.T, args ...string) process {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return process{cmd, bufio.NewReader(stdout)}
}

// until reads what the process prints until a line contains the text.
func (p process) until(t *testing.T, text string) {
	for line := ""; !strings.Contains(line, text); {
		var err error
		if line, err = p.output.ReadString('\n'); err != nil {
			t.Fatalf("%q never printed %q: %v", p.Args, text, err)
		}
	}
}

// signal sends a signal to the process, waits until it exits, and returns its exit
// status and the rest of its output.
func (p process) signal(t *testing.T, sig os.Signal) (status int, last string) {
	if err := p.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(p.output)
	if err != nil {
		t.Fatal(err)
	}
	p.Wait() // ignore the error: the status says more
	return p.ProcessState.ExitCode(), string(text)
}
