package exercise

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/host"
)

// A Try runs one attempt. Its methods end the process as soon as they know what
// is wrong with the attempt.
type Try struct {
	t     *testing.T
	ended sync.Mutex // locked when the try ends, and never unlocked

	mu    sync.Mutex // guards onEnd
	onEnd []func()   // stop what the try started

	client   zmq4.Socket // the REQ socket of Ask
	server   string      // the endpoint that it is connected to
	previous []string    // the last reply that it received

	waits  chan wait
	events atomic.Int64 // counts the attempt's steps
	now    atomic.Value // a string, set by Now
	check  atomic.Pointer[func(goroutine) string]
}

// run tries an attempt, writes the result and ends the process.
func run[F any](t *testing.T, try func(*Try, F), attempt F) {
	tr := &Try{t: t, waits: make(chan wait)}
	go tr.watch()
	go func() { // if the test's goroutine panics, package testing prints lines too
		try(tr, attempt)
		tr.right()
	}()
	select {}
}

// Now sets the sentence that says what just happened. It begins the message if
// the attempt hangs after that.
func (t *Try) Now(what string) {
	t.now.Store(what)
	t.events.Add(1)
}

// Context returns a context that never ends. If the attempt opens a socket with
// it and does not close it, the try finds that, even if the socket was never
// connected.
func (t *Try) Context() context.Context {
	return ownContext{context.Background(), make(chan struct{})}
}

// An ownContext is not of a type of package context, so package context starts a
// goroutine for each context derived from it, which runs until that is canceled.
type ownContext struct {
	context.Context
	done chan struct{}
}

func (c ownContext) Done() <-chan struct{} { return c.done }

// Fail ends the try: the attempt is wrong, and the message says why.
func (t *Try) Fail(format string, args ...any) {
	t.end(result{Message: fmt.Sprintf(format, args...)})
}

// Err ends the try if err is not nil.
func (t *Try) Err(err error) {
	t.events.Add(1)
	if err != nil && strings.Contains(err.Error(), "no connections available") {
		t.Fail("Your program returned an error: %v\nA REQ socket must be connected before it sends, and it sends before it receives.", err)
	}
	if err != nil {
		t.Fail("Your program returned an error: %v", err)
	}
}

// Reply ends the try unless the reply to a request has the frames want.
func (t *Try) Reply(request string, got []string, want ...string) {
	if slices.Equal(got, want) {
		t.previous = got
		return
	}
	message := mismatch(request, got, want)
	if slices.Equal(got, t.previous) && t.anotherReply() {
		message += "\nThat was one more reply to the previous request. A REP socket sends exactly one reply to each request."
	}
	t.Fail("%s", message)
}

// anotherReply reports whether more replies have arrived than requests were sent.
func (t *Try) anotherReply() bool {
	if t.client == nil {
		return false
	}
	var received atomic.Bool
	go func() {
		if _, err := t.client.Recv(); err == nil {
			received.Store(true)
		}
	}()
	return t.await(func([]goroutine) bool { return received.Load() })
}

func mismatch(request string, got, want []string) string {
	return fmt.Sprintf("request: %s\ngot:     %s\nwant:    %s", quote([]string{request}), quote(got), quote(want))
}

// ReplyBegins ends the try unless the reply is one frame that begins with want.
func (t *Try) ReplyBegins(request string, got []string, want string) {
	if len(got) != 1 || !strings.HasPrefix(got[0], want) {
		t.Fail("request: %s\ngot:     %s\nwant:    a reply that begins with %q", quote([]string{request}), quote(got), want)
	}
}

func quote(frames []string) string {
	if len(frames) == 0 {
		return "a message without frames"
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

// Serve starts the attempt, which is a server, on a free endpoint. The stop
// function ends the server's context and waits until the server returns nil.
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
			t.Fail("The context ended, and your server returned\ngot:     %v\nwant:    nil", err)
		}
		close(returned)
	}()
	return endpoint, func() {
		t.Now("The context ended.")
		cancel()
		<-returned
	}
}

// Ask sends frames as one request and returns the reply's frames. All requests
// to an endpoint come from one client.
func (t *Try) Ask(endpoint string, frames ...string) []string {
	if t.server != endpoint {
		t.client, t.server = t.Dial(endpoint), endpoint
	}
	if text := quote(frames); !strings.Contains(text, `\x`) { // for the message, if the attempt panics
		if err := os.WriteFile(filepath.Join(os.Getenv(dirEnv), requestFile), []byte(text), 0o666); err != nil {
			t.Fail("%v", err)
		}
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
		req := t.Dial(endpoint)
		crowd.Go(func() {
			for n := 1; n <= requests; n++ {
				got, want := t.ask(req, name), []string{want(name, n)}
				if !slices.Equal(got, want) {
					t.Fail("%s\nSeveral clients ask at the same time. A REP socket replies to the request that it received last.", mismatch(name, got, want))
				}
			}
		})
	}
	crowd.Wait()
}

// Dial returns a REQ socket that is connected to the attempt's server.
func (t *Try) Dial(endpoint string) zmq4.Socket {
	t.Now("No server answers at the endpoint " + endpoint + ".")
	req, err := connect(endpoint)
	if err != nil {
		t.Fail("%v", err)
	}
	t.Now("")
	t.atEnd(func() { req.Close() })
	return req
}

// connect returns a REQ socket as soon as it has completed a handshake with a
// server at the endpoint. The watcher recognizes this function by its name.
//
//go:noinline
func connect(endpoint string) (zmq4.Socket, error) {
	req := zmq4.NewReq(context.Background(), zmq4.WithDialerMaxRetries(-1), zmq4.WithDialerRetry(10*time.Millisecond), noLog)
	return req, req.Dial(endpoint)
}

// noLog discards what zmq4 logs for the grader's sockets, so that it does not mix
// with what the attempt prints.
var noLog = zmq4.WithLogger(log.New(io.Discard, "", 0))

func (t *Try) ask(req zmq4.Socket, frames ...string) []string {
	err := req.SendMulti(zmq4.NewMsgFromString(frames))
	var reply zmq4.Msg
	if err == nil {
		reply, err = req.Recv()
	}
	t.events.Add(1)
	if err != nil {
		// If the attempt panicked or returned, give it time to say so.
		t.await(func([]goroutine) bool { return false })
		t.Fail("request: %s\ngot:     no reply: %v", quote(frames), err)
	}
	return texts(reply.Frames)
}

func texts(frames [][]byte) []string {
	list := make([]string, len(frames))
	for i, frame := range frames {
		list[i] = string(frame)
	}
	return list
}

// Server starts a server for the attempt to talk to. It replies to each request
// with what answer returns.
func (t *Try) Server(answer func(frames []string) []string) (endpoint string) {
	rep, endpoint := t.listen()
	go func() {
		for {
			msg, err := rep.Recv()
			if err != nil {
				return
			}
			t.events.Add(1)
			if err := rep.SendMulti(zmq4.NewMsgFromString(answer(texts(msg.Frames)))); err != nil {
				return
			}
		}
	}()
	return endpoint
}

// Silent starts a server that sends each request to the channel and never
// replies.
func (t *Try) Silent() (endpoint string, requests chan string) {
	rep, endpoint := t.listen()
	requests = make(chan string, 100)
	go func() {
		for {
			msg, err := rep.Recv()
			if err != nil {
				return
			}
			t.events.Add(1)
			requests <- string(msg.Bytes())
		}
	}()
	return endpoint, requests
}

// Leaving starts a server that receives a request and closes without a reply.
func (t *Try) Leaving() (endpoint string) {
	rep, endpoint := t.listen()
	go func() {
		rep.Recv()
		rep.Close()
	}()
	return endpoint
}

// Accept listens, and for each connection calls accepted and closes it.
func (t *Try) Accept(accepted func()) (endpoint string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fail("%v", err)
	}
	t.atEnd(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			accepted()
			conn.Close()
		}
	}()
	return "tcp://" + l.Addr().String()
}

func (t *Try) listen() (rep zmq4.Socket, endpoint string) {
	rep = zmq4.NewRep(context.Background(), noLog)
	if err := rep.Listen("tcp://127.0.0.1:0"); err != nil {
		t.Fail("%v", err)
	}
	t.atEnd(func() { rep.Close() })
	return rep, "tcp://" + rep.Addr().String()
}

// Requests ends the try unless a server received the wanted number of requests.
func (t *Try) Requests(when string, got, want int) {
	if got != want {
		t.Fail("%s\ngot:     number of requests: %d\nwant:    %d", when, got, want)
	}
}

// Simulate runs f in a bubble of package synctest, where time passes as soon as
// every goroutine waits for a timer or for another goroutine. A goroutine that
// waits for the network keeps time from passing, so use this only for attempts to
// connect where no server listens, and before any peer is started.
func (t *Try) Simulate(f func()) {
	synctest.Test(t.t, func(*testing.T) {
		f()
		synctest.Wait()
		if all := goroutines(); openSocket(all) {
			t.Fail(leftOpen)
		}
	})
}

// Within returns what an attempt returned in a simulation, or ends the try if the
// attempt takes longer than limit.
func (t *Try) Within(limit time.Duration, returned <-chan error) error {
	select {
	case err := <-returned:
		return err
	case <-time.After(limit):
		synctest.Wait()
		t.hung(goroutines())
		return nil
	}
}

// Pauses reports whether the attempt sleeps or waits outside of zmq4 before it
// returns.
func (t *Try) Pauses(returned <-chan error) bool {
	pauses := false
	t.await(func(all []goroutine) bool {
		pauses = slices.ContainsFunc(all, goroutine.pauses)
		return pauses || len(returned) > 0
	})
	return pauses
}

// Cancel ends a context, and waits until the attempt returns. The attempt must
// not sleep until then, because time.Sleep does not notice the end of a context.
func (t *Try) Cancel(cancel func(), returned <-chan error) error {
	// A goroutine that waits in zmq4 now and sleeps later began to sleep after the
	// context ended. Any other goroutine may be in a short sleep, in a loop that
	// checks the context.
	slept := map[string]int{} // ticks, by goroutine
	for _, g := range goroutines() {
		if callees, _, own := g.own(); own && !strings.Contains(callees, "go-zeromq/zmq4.") {
			slept[g.id] = 0
		}
	}
	cancel()
	t.forbid(func(g goroutine) string {
		if !g.asleep() {
			return ""
		}
		if n, ok := slept[g.id]; ok && n < 200 {
			slept[g.id]++
			return ""
		}
		now, _ := t.now.Load().(string)
		_, where, _ := g.own()
		return fmt.Sprintf("%s\nYour program is sleeping, at %s.\nA context does not end a time.Sleep. Wait for time.After and for ctx.Done() in a select.", now, where)
	})
	err := <-returned
	t.forbid(nil)
	return err
}

// NoRetry ends the try if the attempt waits to dial again.
func (t *Try) NoRetry() {
	t.forbid(func(g goroutine) string {
		callees, where, own := g.own()
		if !own || g.state != "sleep" || !strings.Contains(callees, ").Dial(") {
			return ""
		}
		return fmt.Sprintf("Your program is waiting in Dial, at %s, although nothing is listening at that endpoint.\nDial tries again by default. An option makes it try only once.", where)
	})
}

// forbid makes the watcher call check for every goroutine every millisecond. If
// check returns a message, the try ends with it.
func (t *Try) forbid(check func(goroutine) string) { t.check.Store(&check) }

// right ends a try that found nothing wrong. The attempt must not leave a
// goroutine behind that it started, or that zmq4 started for one of its sockets.
func (t *Try) right() {
	t.Now("Your program has returned, but a goroutine that it started has not.")
	var left goroutine
	if !t.await(func(all []goroutine) bool {
		i := slices.IndexFunc(all, func(g goroutine) bool { _, _, own := g.own(); return own })
		if i >= 0 {
			left = all[i]
		}
		return i < 0
	}) {
		_, where, _ := left.own()
		if left.state == "chan send" {
			t.Fail("Your program has returned, but a goroutine that it started is still waiting to send to a channel, at %s.\nNobody receives from that channel anymore. If the channel has a buffer of one, its sender does not wait.", where)
		}
		t.Fail("Your program has returned, but a goroutine that it started is still waiting, at %s.\nClose every socket that you open: that ends its Recv too.", where)
	}
	t.stopPeers()
	if !t.await(func(all []goroutine) bool { return !openSocket(all) }) {
		t.Fail(leftOpen)
	}
	t.end(result{})
}

const leftOpen = "Your program left a socket open. Close every socket that you open when you are done with it, even if there was an error."

// openSocket reports whether one of the goroutines belongs to a socket.
func openSocket(all []goroutine) bool {
	return slices.ContainsFunc(all, func(g goroutine) bool {
		return strings.Contains(g.calls, "go-zeromq/zmq4.") || strings.Contains(g.calls, "context.(*cancelCtx).propagateCancel")
	})
}

// end writes the result and ends the process.
func (t *Try) end(r result) {
	t.ended.Lock()
	text, err := json.Marshal(r)
	if err == nil {
		err = os.WriteFile(filepath.Join(os.Getenv(dirEnv), verdictFile), text, 0o666)
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
