package reqrep_test

import (
	"fmt"
	"io"
	"net"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
	"zeromq-lessons/internal/zmtptest"
)

func TestMain(m *testing.M) { lessontest.Main(m, "./server", "./client", "..") }

func TestLesson(t *testing.T) { lessontest.Lesson(t) }

// A name may have any length and contain any character.
func TestAnyName(t *testing.T) {
	endpoint := lessontest.Serve(t)
	var all strings.Builder
	for r := rune(1); r <= 0x10FFFF; r++ {
		all.WriteRune(r)
	}
	for _, name := range []string{"\x00", " ", "\n", "\"", "error: ", strings.Repeat("é", 1<<19), all.String()} {
		got := lessontest.Ask(t, endpoint, []byte(name))
		if want := "Hello, " + name + "!"; len(got) != 1 || string(got[0]) != want {
			t.Fatalf("%.20q: got %.40q, want %.40q", name, got, want)
		}
	}
}

// Each of fifty concurrent clients gets the reply to its own request.
func TestFiftyClients(t *testing.T) {
	endpoint := lessontest.Serve(t)
	lessontest.Fifty(t, func(t testing.TB, i int) {
		got := lessontest.Ask(t, endpoint, fmt.Appendf(nil, "client %d", i))
		if want := fmt.Sprintf("Hello, client %d!", i); len(got) != 1 || string(got[0]) != want {
			t.Errorf("client %d: got %q, want %q", i, got, want)
		}
	})
}

// The client rejects a reply of two frames, and an empty reply. zmq4 turns a lone
// delimiter into an empty frame.
func TestBadReply(t *testing.T) {
	twoFrames := slices.Concat(zmtptest.Frame(zmtptest.More, ""), zmtptest.Frame(zmtptest.More, "Hello, "), zmtptest.Frame(0, "World!"))
	for reply, want := range map[string]string{
		string(twoFrames):             "a reply is one frame, not 2",
		string(zmtptest.Frame(0, "")): "the reply is empty",
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go func() {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			server := zmtptest.NewPeer(conn)
			server.Handshake("REP")
			server.Expect("", "World")
			io.WriteString(server, reply)
			server.ReadFrame() // or EOF, because the client exits
		}()
		out, err := exec.Command(lessontest.Program("client"), "-connect", "tcp://"+l.Addr().String()).CombinedOutput()
		if want := `client: no reply to "World": ` + want + "\n"; err == nil || string(out) != want {
			t.Errorf("%q: the client printed %q, want %q", reply, out, want)
		}
	}
}

// A second Ctrl-C ends a server that is too busy to notice the first.
func TestSecondCtrlC(t *testing.T) {
	endpoint := host.FreeEndpoint()
	server := exec.Command(lessontest.Program("server"), "-bind", endpoint)
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}

	// The server blocks because it prints a name that is too long for the pipe.
	go lessontest.Request(endpoint, make([]byte, 1<<20))
	if _, err := stdout.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := lessontest.PressCtrlC(t, server); err == nil || err.Error() != "signal: interrupt" {
		t.Errorf("the server ended with %v", err)
	}
}
