package exercise

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/lessontest"
)

// A Try is one attempt being tried. Its methods end the process as soon as
// they know what is wrong with the attempt.
type Try struct {
	ended sync.Mutex // locked by the first that ends the try, and never unlocked
	onEnd []func()   // stop what Try has started
}

// Fail ends the try: the attempt is wrong, and the message says why.
func (t *Try) Fail(format string, args ...any) {
	t.end(verdict{Message: fmt.Sprintf(format, args...)})
}

// Todo ends the try if an attempt returned TODO: the reader has not begun.
func (t *Try) Todo(err error) {
	if errors.Is(err, TODO) {
		t.end(verdict{ToDo: true})
	}
}

// Err ends the try if an attempt returned an error where it should not.
func (t *Try) Err(err error) {
	t.Todo(err)
	if err != nil && strings.Contains(err.Error(), "no connections available") {
		t.Fail("Your program returned an error: %v\nA REQ socket sends before it receives, and sends to whom it is connected.", err)
	}
	if err != nil {
		t.Fail("Your program returned an error: %v", err)
	}
}

// Reply compares the frames of the reply to a request with what they should be.
func (t *Try) Reply(request string, got []string, want ...string) {
	if !slices.Equal(got, want) {
		t.Fail("request: %s\ngot:     %s\nwant:    %s", quote([]string{request}), quote(got), quote(want))
	}
}

// ReplyBegins is Reply where only the beginning of a single frame is known.
func (t *Try) ReplyBegins(request string, got []string, want string) {
	if len(got) != 1 || !strings.HasPrefix(got[0], want) {
		t.Fail("request: %s\ngot:     %s\nwant:    a reply that begins with %q", quote([]string{request}), quote(got), want)
	}
}

func quote(frames []string) string {
	if len(frames) == 0 {
		return "a message of no frame"
	}
	quoted := make([]string, len(frames))
	for i, frame := range frames {
		quoted[i] = strconv.Quote(frame)
		if strings.Contains(frame, `"`) && strconv.CanBackquote(frame) {
			quoted[i] = "`" + frame + "`"
		}
	}
	return strings.Join(quoted, ", ")
}

// Serve starts a server that the attempt is, on a free endpoint. The stop
// function ends the server's context, waits until the server has returned, and
// checks that it has freed the endpoint.
func (t *Try) Serve(serve func(ctx context.Context, endpoint string) error) (endpoint string, stop func()) {
	endpoint = lessontest.FreeEndpoint()
	ctx, cancel := context.WithCancel(context.Background())
	returned := make(chan struct{})
	go func() {
		err := serve(ctx, endpoint)
		if ctx.Err() == nil {
			t.Err(err)
			t.Fail("Your server returned before its context ended.")
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fail("After the end of its context your server returned an error: %v", err)
		}
		close(returned)
	}()
	return endpoint, func() {
		cancel()
		<-returned
	}
}

// Ask sends frames as one request and returns the reply's frames.
func (t *Try) Ask(endpoint string, frames ...string) []string {
	request := make([][]byte, len(frames))
	for i, frame := range frames {
		request[i] = []byte(frame)
	}
	reply, err := lessontest.Request(endpoint, request...)
	if err != nil {
		// Why may be on its way: the attempt panics, or has returned.
		<-time.After(time.Second)
		t.Fail("request: %s\ngot:     no reply: %v", quote(frames), err)
	}
	texts := make([]string, len(reply))
	for i, frame := range reply {
		texts[i] = string(frame)
	}
	return texts
}

// Silent starts a server that takes requests and never replies. Each request
// comes out of the channel.
func (t *Try) Silent() (endpoint string, requests chan string) {
	rep := zmq4.NewRep(context.Background())
	if err := rep.Listen("tcp://127.0.0.1:0"); err != nil {
		t.Fail("%v", err)
	}
	requests = make(chan string, 100)
	t.onEnd = append(t.onEnd, func() { rep.Close() })
	go func() {
		for {
			msg, err := rep.Recv()
			if err != nil {
				return
			}
			requests <- string(msg.Bytes())
		}
	}()
	return "tcp://" + rep.Addr().String(), requests
}

// Requests compares how many requests a server got with how many it should get.
func (t *Try) Requests(when string, got, want int) {
	if got != want {
		t.Fail("%s\ngot:     number of requests: %d\nwant:    %d", when, got, want)
	}
}

// WaitFor waits until a server listens at the endpoint and shakes hands.
func (t *Try) WaitFor(endpoint string) {
	req := zmq4.NewReq(context.Background(), zmq4.WithDialerMaxRetries(-1), zmq4.WithDialerRetry(10*time.Millisecond))
	if err := req.Dial(endpoint); err != nil {
		t.Fail("the lesson's server: %v", err)
	}
	req.Close()
}

// Server starts the lesson's own server, and returns its endpoint.
func (t *Try) Server() (endpoint string) {
	endpoint = lessontest.FreeEndpoint()
	t.start(exec.Command(lessontest.Program("server"), "-bind", endpoint))
	return endpoint
}

// Client runs the lesson's own client and returns what it printed.
func (t *Try) Client(endpoint string) string {
	return t.run(exec.Command(lessontest.Program("client"), "-connect", endpoint))
}

// PythonServer starts the lesson's pyzmq server and returns its endpoint. It
// returns "" where there is no pyzmq.
func (t *Try) PythonServer() (endpoint string) {
	python := t.python()
	if python == "" {
		return ""
	}
	endpoint = lessontest.FreeEndpoint()
	t.start(exec.Command(python, lessonFile("python", "server.py"), "-bind", endpoint))
	return endpoint
}

// PythonClient runs the lesson's pyzmq client and returns what it printed. It
// returns "" where there is no pyzmq.
func (t *Try) PythonClient(endpoint string) string {
	python := t.python()
	if python == "" {
		return ""
	}
	return t.run(exec.Command(python, lessonFile("python", "client.py"), "-connect", endpoint))
}

func (t *Try) python() string {
	python, err := lessontest.FindPython()
	if err != nil {
		t.Fail("%v", err)
	}
	return python
}

// lessonFile returns the path of a file of the lesson, seen from an exercise.
func lessonFile(elem ...string) string {
	return filepath.Join(append([]string{"..", ".."}, elem...)...)
}

func (t *Try) start(cmd *exec.Cmd) {
	var pidFile string
	err := cmd.Start()
	if err == nil {
		// If this process panics, its parent stops the server.
		pidFile = filepath.Join(os.Getenv(dirEnv), fmt.Sprint(cmd.Process.Pid, ".pid"))
		err = os.WriteFile(pidFile, nil, 0o666)
	}
	if err != nil {
		t.Fail("the lesson's server: %v", err)
	}
	t.onEnd = append(t.onEnd, func() {
		os.Remove(pidFile)
		cmd.Process.Kill()
		cmd.Wait()
	})
}

func (t *Try) run(cmd *exec.Cmd) string {
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fail("The lesson's client ended with %v. It printed:\n%s", err, out)
	}
	return string(out)
}

// end stops what the try has started, writes the verdict and ends the process.
func (t *Try) end(v verdict) {
	t.ended.Lock()
	t.stopPeers()
	text, err := json.Marshal(v)
	if err == nil {
		err = os.WriteFile(filepath.Join(os.Getenv(dirEnv), "verdict.json"), text, 0o666)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func (t *Try) stopPeers() {
	for _, stop := range t.onEnd {
		stop()
	}
	t.onEnd = nil
}

// right ends a try that has found nothing wrong, unless a socket is still open:
// then a function of the attempt still waits in it, or zmq4 has goroutines for
// it.
func (t *Try) right() {
	waiting := func() bool { return ownLine.MatchString(stacks()) }
	if after2s(waiting) {
		t.Fail("Your program has returned, but a part of it still waits at %s.\nClose every socket that you open: that ends its Recv, too.",
			ownLine.FindStringSubmatch(stacks())[1])
	}
	t.stopPeers()
	if after2s(func() bool { return strings.Contains(stacks(), "go-zeromq/zmq4.") }) {
		t.Fail("Your program has left a socket open. Close every socket that you open, when you are done with it.")
	}
	t.end(verdict{})
}

// after2s reports whether something is still so after 2 seconds. It does not
// wait that long if it is not.
func after2s(so func() bool) bool {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 200 {
		if !so() {
			return false
		}
		<-tick.C
	}
	return so()
}

// stacks returns the stacks of all goroutines.
func stacks() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}
