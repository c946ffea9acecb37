package exercise

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
)

// A Try is one attempt being tried. Its methods end the process as soon as
// they know what is wrong with the attempt.
type Try struct {
	ended sync.Mutex // locked by the first that ends the try, and never unlocked
	mu    sync.Mutex // guards onEnd
	onEnd []func()   // stop what Try has started

	client   zmq4.Socket // the REQ socket of Ask
	server   string      // the endpoint that it is connected to
	previous []string    // the last reply that it got

	now atomic.Value // a string, set by Now
}

// Now says what has just happened, as a sentence, for the message to an attempt
// that hangs from here on.
func (t *Try) Now(what string) { t.now.Store(what) }

// Context returns a context that never ends. A socket that is opened with it
// and not closed is seen at the end of the try, even one that was never
// connected: see [Try.right].
func (t *Try) Context() context.Context {
	return ownContext{context.Background(), make(chan struct{})}
}

// An ownContext is none of package context's own. So what is derived from it
// has a goroutine until it is cancelled.
type ownContext struct {
	context.Context
	done chan struct{}
}

func (c ownContext) Done() <-chan struct{} { return c.done }

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
	if slices.Equal(got, want) {
		t.previous = got
		return
	}
	message := mismatch(request, got, want)
	if slices.Equal(got, t.previous) {
		message += "\nThat is the reply to the request before, too. A REP socket sends one reply to each request."
	}
	t.Fail("%s", message)
}

func mismatch(request string, got, want []string) string {
	return fmt.Sprintf("request: %s\ngot:     %s\nwant:    %s", quote([]string{request}), quote(got), quote(want))
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
// function ends the server's context, and waits until the server has returned
// nil.
func (t *Try) Serve(serve func(ctx context.Context, endpoint string) error) (endpoint string, stop func()) {
	endpoint = host.FreeEndpoint()
	ctx, cancel := context.WithCancel(context.Background())
	returned := make(chan struct{})
	go func() {
		err := serve(ctx, endpoint)
		if ctx.Err() == nil {
			t.Err(err)
			t.Fail("Your server returned before its context ended.")
		}
		if err != nil {
			t.Fail("The context has ended, and your server returned\ngot:     %v\nwant:    nil", err)
		}
		close(returned)
	}()
	return endpoint, func() {
		t.Now("The context has ended.")
		cancel()
		<-returned
	}
}

// Ask sends frames as one request and returns the reply's frames. All requests
// to an endpoint come from one client.
func (t *Try) Ask(endpoint string, frames ...string) []string {
	if t.server != endpoint {
		t.client, t.server = t.dial(endpoint), endpoint
	}
	if text := quote(frames); !strings.Contains(text, `\x`) {
		fmt.Fprintf(os.Stderr, "request: %s\n", text) // for died
	}
	return t.ask(t.client, frames...)
}

// Crowd asks with several clients at once, each of which has a name and asks
// several times. The want function returns the reply to a name's nth request,
// counted from 1.
func (t *Try) Crowd(endpoint string, want func(name string, n int) string) {
	const clients, requests = 8, 100
	var crowd sync.WaitGroup
	for i := range clients {
		name := fmt.Sprintf("client %d of %d at once", i+1, clients)
		req := t.dial(endpoint)
		crowd.Go(func() {
			for n := 1; n <= requests; n++ {
				got, want := t.ask(req, name), []string{want(name, n)}
				if !slices.Equal(got, want) {
					t.Fail("%s\nSeveral clients ask at once. A REP socket replies to the request that it has received last.", mismatch(name, got, want))
				}
			}
		})
	}
	crowd.Wait()
}

// dial returns a REQ socket that is connected to the attempt's server.
func (t *Try) dial(endpoint string) zmq4.Socket {
	t.Now("Nobody answers at the endpoint that your server was given.")
	req, err := connect(endpoint)
	if err != nil {
		t.Fail("%v", err)
	}
	t.Now("")
	t.atEnd(func() { req.Close() })
	return req
}

// connect returns a REQ socket as soon as a server listens at the endpoint and
// shakes hands.
func connect(endpoint string) (zmq4.Socket, error) {
	req := zmq4.NewReq(context.Background(), zmq4.WithDialerMaxRetries(-1), zmq4.WithDialerRetry(10*time.Millisecond))
	return req, req.Dial(endpoint)
}

func (t *Try) ask(req zmq4.Socket, frames ...string) []string {
	err := req.SendMulti(zmq4.NewMsgFromString(frames))
	var reply zmq4.Msg
	if err == nil {
		reply, err = req.Recv()
	}
	if err != nil {
		// Why may be on its way: the attempt panics, or has returned.
		<-time.After(time.Second)
		t.Fail("request: %s\ngot:     no reply: %v", quote(frames), err)
	}
	texts := make([]string, len(reply.Frames))
	for i, frame := range reply.Frames {
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
	t.atEnd(func() { rep.Close() })
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
	req, err := connect(endpoint)
	if err != nil {
		t.Fail("the lesson's server: %v", err)
	}
	req.Close()
}

// Server starts the lesson's own server, and returns its endpoint.
func (t *Try) Server() (endpoint string) {
	endpoint = host.FreeEndpoint()
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
	endpoint = host.FreeEndpoint()
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
	python, err := host.Python()
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
	t.atEnd(func() {
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

func (t *Try) atEnd(stop func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.onEnd = append(t.onEnd, stop)
}

func (t *Try) stopPeers() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, stop := range t.onEnd {
		stop()
	}
	t.onEnd = nil
}

// right ends a try that has found nothing wrong, unless a socket is still open:
// then a function of the attempt still waits in it, or zmq4 has goroutines for
// it.
func (t *Try) right() {
	var goroutine, where string
	waiting := func() bool {
		goroutine, where = ownGoroutine()
		return where != ""
	}
	switch {
	case !after2s(waiting):
	case strings.Contains(goroutine, "[chan send"):
		t.Fail("Your program has returned, but a goroutine of it still waits to send to a channel, at %s.\nNobody receives any more. A channel with room for one value does not make it wait.", where)
	default:
		t.Fail("Your program has returned, but a part of it still waits at %s.\nClose every socket that you open: that ends its Recv, too.", where)
	}
	t.stopPeers()
	open := regexp.MustCompile(`go-zeromq/zmq4\.|context\.\(\*cancelCtx\)\.propagateCancel`)
	if after2s(func() bool { return open.MatchString(stacks()) }) {
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

// ownGoroutine returns the stack of a goroutine that is in the attempt, and the
// attempt's line where it is, or "".
func ownGoroutine() (stack, where string) {
	for stack := range strings.SplitSeq(stacks(), "\n\n") {
		if match := ownLine.FindStringSubmatch(stack); match != nil {
			return stack, match[1]
		}
	}
	return "", ""
}

// stacks returns the stacks of all goroutines.
func stacks() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}
