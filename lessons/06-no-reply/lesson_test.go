package noreply_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
)

func TestMain(m *testing.M) { lessontest.Main(m, "./server", "./client") }

func TestLesson(t *testing.T) { lessontest.Lesson(t) }

// patience is how long a test waits for something that should come soon.
const patience = 2 * time.Minute

// Ctrl-C ends a client that waits, for a reply or for a server.
func TestCtrlC(t *testing.T) {
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

	// The client has asked once and in vain, and asks again.
	p := start(t, append(client, short)...)
	p.until(t, "(try 1 of 1000000)")
	if status, last := p.ctrlC(t); status != 1 || !strings.HasSuffix(last, interrupted) {
		t.Errorf("with no server, the client's status is %d, and it printed:\n%s", status, last)
	}

	// The server has the client's request, and does not reply.
	server := start(t, lessontest.Program("server"), "-bind", endpoint, "-slow", "1h")
	p = start(t, append(client, long)...)
	server.until(t, `received "World"`)
	if status, last := p.ctrlC(t); status != 1 || last != interrupted {
		t.Errorf("with no reply, the client's status is %d, and it printed:\n%s", status, last)
	}
	if status, last := server.ctrlC(t); status != 0 || last != "" {
		t.Errorf("the server's status is %d, and it printed:\n%s", status, last)
	}
}

// A process runs in the background.
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

// until reads what the process prints, until a line has the text in it.
func (p process) until(t *testing.T, text string) {
	for line := ""; !strings.Contains(line, text); {
		var err error
		if line, err = p.output.ReadString('\n'); err != nil {
			t.Fatalf("%q never printed %q: %v", p.Args, text, err)
		}
	}
}

// ctrlC interrupts the process, and returns its exit status and what it
// printed last.
func (p process) ctrlC(t *testing.T) (status int, last string) {
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(p.output)
	if err != nil {
		t.Fatal(err)
	}
	p.Wait() // the status says more than the error
	return p.ProcessState.ExitCode(), string(text)
}

// A server that ends after its last reply loses it if it is a REP socket of
// zmq4, and does not if it is a ROUTER.
func TestLastReply(t *testing.T) {
	const rounds = 100
	rep, router := 0, 0
	for range rounds {
		if lost(t, zmq4.NewRep(t.Context()), answerREP) {
			rep++
		}
		if lost(t, zmq4.NewRouter(t.Context()), answerROUTER) {
			router++
		}
	}
	if rep == 0 {
		t.Errorf("REP lost none of %d replies", rounds)
	}
	if router != 0 {
		t.Errorf("ROUTER lost %d of %d replies", router, rounds)
	}
}

// lost lets a server answer one request and close its socket at once, and
// reports whether the client missed the reply.
func lost(t *testing.T, server zmq4.Socket, answer func(zmq4.Socket) error) bool {
	if err := server.Listen("tcp://127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	go func() {
		answered <- answer(server)
		server.Close()
	}()

	req := zmq4.NewReq(t.Context())
	defer req.Close()
	if err := req.Dial("tcp://" + server.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if err := req.Send(zmq4.NewMsgString("World")); err != nil {
		t.Fatal(err)
	}
	msg, err := req.Recv()
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
	if got := string(msg.Bytes()); err == nil && got != "Hello, World!" {
		t.Errorf("got %q", got)
	}
	return err != nil
}

func answerREP(rep zmq4.Socket) error {
	msg, err := rep.Recv()
	if err != nil {
		return err
	}
	return rep.Send(zmq4.NewMsgString("Hello, " + string(msg.Bytes()) + "!"))
}

func answerROUTER(router zmq4.Socket) error {
	msg, err := router.Recv()
	if err != nil {
		return err
	}
	// Frame 0 says who asks, frame 1 is empty, frame 2 is the name.
	if len(msg.Frames) != 3 {
		return fmt.Errorf("a request is one frame, not %d", len(msg.Frames)-2)
	}
	who, name := msg.Frames[0], string(msg.Frames[2])
	return router.Send(zmq4.NewMsgFrom(who, nil, []byte("Hello, "+name+"!")))
}
