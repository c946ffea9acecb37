package wire

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
)

// fresh lists the recordings that TestFresh makes again. It says how many lines
// of each stream to record, because heartbeats never end.
var fresh = []struct {
	name, about    string
	client, server int // lines
}{
	{"libzmq-req-rep", "REQ and REP, both libzmq: one request.", 4, 4},
	{"libzmq-multipart", "REQ and REP, both libzmq: a header and the raw bytes of a matrix, as in lesson 05.", 5, 5},
	{"libzmq-dealer", "DEALER and REP, both libzmq: a request with only the delimiter, and one with an\nenvelope of two frames in front of it.", 11, 8},
	{"libzmq-long", "REQ and REP, both libzmq: frames of more than 255 bytes, one UTF-8 and one not.", 4, 4},
	{"libzmq-push", "PUSH and PULL, both libzmq: an empty frame that is no delimiter.", 4, 2},
	{"libzmq-heartbeat", "REQ and REP, both libzmq: the client sends heartbeats.", 3, 3},
	{"zmq4-req-rep", "REQ and REP, both zmq4: one request.", 4, 4},
}

// The recordings match what the libraries send today: zmq4, and libzmq if pyzmq is
// installed. Without LESSONS_REQUIRE=thorough, the only recording of libzmq that the
// test makes again is that of one request. With -update the test writes them, and
// updates the lines of those made by hand to what their bytes decode to.
func TestFresh(t *testing.T) {
	for _, f := range fresh {
		t.Run(f.name, func(t *testing.T) {
			lib, exchange, _ := strings.Cut(f.name, "-")
			play := playGo
			if lib == "libzmq" {
				if exchange != "req-rep" {
					lessontest.Thorough(t)
				}
				python := lessontest.Python(t)
				play = func(t *testing.T, server, client string) (stop func()) {
					return playPython(t, python, exchange, server, client)
				}
			}
			got := recording{f.about + "\n", record(t, f.client, f.server, play)}
			file := filepath.Join(folder, f.name+".txt")
			text, err := os.ReadFile(file)
			want, badLine := parse(string(text))
			if badLine != nil {
				err = badLine
			}
			if err == nil && got.about == want.about && slices.Equal(got.constant(), want.constant()) {
				return
			}
			if lessontest.Update() {
				if err := os.WriteFile(file, []byte(got.String()), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("%v\nsent now is\n%s\nrecorded is\n%s", err, got, want)
		})
	}
	if lessontest.Update() {
		redecode(t)
	}
}

// constant returns what must be the same each time, first of one end and then of
// the other, because either may greet first. The minor version depends on the
// release of libzmq. zmq4's READY has its properties in any order, and a random
// identity.
func (r recording) constant() []string {
	minor := regexp.MustCompile(`^greeting  ZMTP 3\.\d+`)
	random := regexp.MustCompile(`Identity "[0-9a-f-]{36}"`)
	var list []string
	for _, from := range []End{Client, Server} {
		for _, e := range r.entries {
			line, sent := e.line, bytes.Clone(e.bytes)
			switch {
			case e.from != from:
				continue
			case minor.MatchString(line):
				line = minor.ReplaceAllString(line, "greeting  ZMTP 3.x")
				sent[11] = 0
			case random.MatchString(line):
				start, properties, _ := strings.Cut(random.ReplaceAllString(line, "Identity random"), ": ")
				sorted := strings.Split(properties, ", ")
				slices.Sort(sorted)
				line, sent = start+": "+strings.Join(sorted, ", "), nil
			}
			list = append(list, fmt.Sprintf("%s: %s % x", from, line, sent))
		}
	}
	return list
}

// record plays an exchange through a proxy until both ends have sent enough lines.
func record(t *testing.T, client, server int, play func(t *testing.T, server, client string) (stop func())) []entry {
	var mu sync.Mutex
	var all []entry
	left := map[End]int{Client: client, Server: server}
	done := make(chan struct{})
	note := func(e entry) {
		mu.Lock()
		defer mu.Unlock()
		if left[e.from] == 0 {
			return
		}
		left[e.from]--
		all = append(all, e)
		if left[Client]+left[Server] == 0 {
			close(done)
		}
	}

	endpoint := host.FreeEndpoint()
	proxy := &Proxy{
		Tap: func(connection int, from End) io.WriteCloser {
			if connection > 1 {
				t.Error("more than one connection")
			}
			return noting{newRecorder(from), note}
		},
		Failed:   func(_ int, err error) { t.Error(err) },
		Patience: time.Minute,
	}
	if err := proxy.Listen("tcp://127.0.0.1:0", endpoint); err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	defer play(t, endpoint, proxy.Endpoint())()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Error("the exchange does not end")
	}
	mu.Lock()
	defer mu.Unlock()
	return all
}

// noting passes on what a recorder recorded.
type noting struct {
	*recorder
	note func(entry)
}

func (n noting) Write(p []byte) (int, error) {
	n.recorder.Write(p)
	for _, e := range n.take() {
		n.note(e)
	}
	return len(p), nil
}

func playPython(t *testing.T, python, exchange, server, client string) (stop func()) {
	cmd := exec.Command(python, "record.py", exchange, server, client)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func() {
		stdin.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("record.py: %v\n%s", err, stderr.String())
		}
	}
}

func playGo(t *testing.T, server, client string) (stop func()) {
	rep, req := zmq4.NewRep(context.Background()), zmq4.NewReq(context.Background())
	stop = func() {
		req.Close()
		rep.Close()
	}
	err := rep.Listen(server)
	if err == nil {
		err = req.Dial(client)
	}
	if err == nil {
		err = req.Send(zmq4.NewMsgString("World"))
	}
	if err == nil {
		_, err = rep.Recv()
	}
	if err == nil {
		err = rep.Send(zmq4.NewMsgString("Hello, World!"))
	}
	if err == nil {
		_, err = req.Recv()
	}
	if err != nil {
		t.Error(err)
	}
	return stop
}

// redecode rewrites the recordings that were made by hand.
func redecode(t *testing.T) {
	for name, r := range recordings(t) {
		made := false
		for _, f := range fresh {
			made = made || f.name == name
		}
		if made {
			continue
		}
		var entries, last []entry
		for _, from := range []End{Client, Server} {
			_, stream := r.of(from)
			tap := newRecorder(from)
			tap.Write(stream)
			entries = append(entries, tap.take()...)
			tap.Close()
			last = append(last, tap.take()...)
		}
		r.entries = append(entries, last...)
		if err := os.WriteFile(filepath.Join(folder, name+".txt"), []byte(r.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
