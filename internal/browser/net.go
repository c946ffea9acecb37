//go:build js && wasm

// Package browser gives a lesson's program a network in a web page: when the
// program dials or listens, it talks to the page. zmq4 is unchanged, and so is
// every byte of ZMTP.
//
// The site's generator, docs/site/programs.go, links this package and all lessons'
// programs into one binary. The other end is docs/site/assets/hub.js. Along with
// the bytes that a program sends, the page receives their meaning, decoded by
// internal/wire.
package browser

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"syscall/js"
	"time"
	_ "unsafe" // for go:linkname

	"zeromq-lessons/internal/wire"
)

// window is how many bytes may be sent but not yet read in one direction of a
// connection, like TCP's buffers.
const window = 256 << 10

var (
	mu       sync.Mutex          // guards what follows, and each socket
	changed  = sync.NewCond(&mu) // signals any change
	sockets  = map[int]*socket{} // by id
	lastID   = -1                // the page's own ids are even
	loopback = net.IPv4(127, 0, 0, 1)
)

// A socket is a listener or one end of a connection.
type socket struct {
	id            int
	answer        sync.Mutex // locked until the page has opened or refused it
	closed        bool       // by the program
	err           error
	local, remote net.Addr

	accepted []*socket // by a listener

	in       []byte // received, not yet read
	read     int    // how much was read since the last message to the page
	window   int    // how much may be sent
	finished bool   // the other end closed the connection

	decoder *wire.Decoder // of what is sent
	events  []wire.Event  // not yet sent to the page
}

// newSocket returns a socket with a decoder that adds to its events.
func newSocket(id int) *socket {
	s := &socket{id: id, window: window}
	s.decoder = wire.NewDecoder(func(e wire.Event) { s.events = append(s.events, e) })
	return s
}

// These are variables of package net, which the build adds: see _net/page.go.
var (
	//go:linkname pageDial net.pageDial
	pageDial func(ctx context.Context, network, address string) (net.Conn, error)
	//go:linkname pageListen net.pageListen
	pageListen func(ctx context.Context, network, address string) (net.Listener, error)
)

func init() {
	pageDial, pageListen = dial, listen
	js.Global().Set("network", js.FuncOf(func(_ js.Value, args []js.Value) any {
		receive(args[0])
		return nil
	}))
}

// receive handles a message from the page. It must not block.
func receive(m js.Value) {
	mu.Lock()
	defer mu.Unlock()
	s := sockets[m.Get("id").Int()]
	if s == nil {
		return // closed in the meantime
	}
	switch m.Get("op").String() {
	case "opened":
		s.local, s.remote = address(m, "local"), address(m, "remote")
		s.answer.Unlock()
	case "refused":
		s.err = refusals[m.Get("error").String()]
		s.answer.Unlock()
	case "accepted":
		c := newSocket(m.Get("connection").Int())
		c.local, c.remote = address(m, "local"), address(m, "remote")
		sockets[c.id] = c
		s.accepted = append(s.accepted, c)
	case "data":
		data := m.Get("data")
		n := len(s.in)
		s.in = append(s.in, make([]byte, data.Length())...)
		js.CopyBytesToGo(s.in[n:], data)
	case "read":
		s.window += m.Get("size").Int()
	case "closed":
		s.finished = true
	}
	changed.Broadcast()
}

// post sends the page a message.
func post(message map[string]any) { js.Global().Call("postMessage", message) }

func address(m js.Value, name string) net.Addr {
	if m.Get(name).IsUndefined() {
		return nil
	}
	addr, err := resolve(m.Get(name).String())
	if err != nil {
		panic(err) // the page uses only numeric addresses
	}
	return addr
}

// An errno prints the message that Linux has for it. In package syscall for js,
// messages begin with a capital letter.
type errno struct {
	syscall.Errno
	words string
}

func (e errno) Error() string { return e.words }
func (e errno) Unwrap() error { return e.Errno }

func systemError(call string, number syscall.Errno, words string) error {
	return os.NewSyscallError(call, errno{number, words})
}

var (
	refusals = map[string]error{
		"taken":  systemError("bind", syscall.EADDRINUSE, "address already in use"),
		"nobody": systemError("connect", syscall.ECONNREFUSED, "connection refused"),
	}
	errElsewhere = map[string]error{
		"listen": systemError("bind", syscall.EADDRNOTAVAIL, "cannot assign requested address"),
		"dial":   systemError("connect", syscall.ENETUNREACH, "network is unreachable"),
	}
	errBroken = systemError("write", syscall.EPIPE, "broken pipe")
)

var (
	clock    = js.Global().Get("performance") // in a bubble of package synctest, package time's stands still
	loops    uint
	paused   float64 // ms
	computed time.Duration
)

// Loop is called in each loop of a program that was compiled in the page, each time
// around: a page has one thread, which the program would keep. Now and then Loop
// lets in what the page has to say, and other goroutines.
func Loop() {
	const most = 20 * time.Millisecond
	if loops++; loops%256 != 0 || clock.Call("now").Float()-paused < float64(most.Milliseconds()) {
		return
	}
	computed += most
	var pause sync.Mutex
	pause.Lock()
	end := js.FuncOf(func(js.Value, []js.Value) any {
		pause.Unlock()
		return nil
	})
	defer end.Release()
	js.Global().Call("setTimeout", end)
	pause.Lock()
	paused = clock.Call("now").Float()
}

// Computed returns how long loops have run without a pause.
func Computed() time.Duration { return computed }

func listen(_ context.Context, network, addr string) (net.Listener, error) {
	s, err := open("listen", network, addr)
	if err != nil {
		return nil, err
	}
	return listener{s}, nil
}

func dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if ctx.Err() != nil { // the same errors as package net's
		err := errors.New("operation was canceled")
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = os.ErrDeadlineExceeded
		}
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	s, err := open("dial", network, addr)
	if err != nil {
		return nil, err
	}
	return &conn{socket: s}, nil
}

// open asks the page to listen or to dial.
func open(op, network, addr string) (*socket, error) {
	at, err := resolve(addr)
	if err == nil && network != "tcp" {
		err = net.UnknownNetworkError(network)
	}
	if err != nil {
		return nil, &net.OpError{Op: op, Net: "tcp", Err: err}
	}
	if !at.IP.IsLoopback() && !at.IP.IsUnspecified() {
		return nil, &net.OpError{Op: op, Net: "tcp", Addr: at, Err: errElsewhere[op]}
	}
	mu.Lock()
	lastID += 2
	s := newSocket(lastID)
	sockets[s.id] = s
	s.answer.Lock()
	post(map[string]any{"op": op, "id": s.id, "address": at.String()})
	mu.Unlock()
	// In a bubble of package synctest, a goroutine cannot wait for changed: the page
	// would wake it from outside the bubble.
	s.answer.Lock()
	mu.Lock()
	defer mu.Unlock()
	if s.err != nil {
		delete(sockets, s.id)
		return nil, &net.OpError{Op: op, Net: "tcp", Addr: at, Err: s.err}
	}
	return s, nil
}

// resolve resolves addresses of this computer, without a name server.
func resolve(addr string) (*net.TCPAddr, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	ip := net.ParseIP(host)
	switch {
	case host == "localhost":
		ip = loopback
	case ip == nil:
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	number, err := net.LookupPort("tcp", port)
	return &net.TCPAddr{IP: ip, Port: number}, err
}

func (s *socket) Close() error {
	mu.Lock()
	defer mu.Unlock()
	if s.closed {
		return &net.OpError{Op: "close", Net: "tcp", Source: s.local, Addr: s.remote, Err: net.ErrClosed}
	}
	s.closed = true
	delete(sockets, s.id)
	changed.Broadcast()
	post(map[string]any{"op": "close", "id": s.id})
	return nil
}

type listener struct{ *socket }

func (l listener) Addr() net.Addr { return l.local }

func (l listener) Accept() (net.Conn, error) {
	mu.Lock()
	defer mu.Unlock()
	for len(l.accepted) == 0 && !l.closed {
		changed.Wait()
	}
	if l.closed {
		// zmq4 may call Accept again and again, and the program receives no
		// message from the page unless all goroutines wait.
		time.Sleep(time.Millisecond)
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.local, Err: net.ErrClosed}
	}
	c := l.accepted[0]
	l.accepted = l.accepted[1:]
	return &conn{socket: c}, nil
}

type conn struct {
	*socket
	readBy, writeBy deadline
}

func (c *conn) LocalAddr() net.Addr  { return c.local }
func (c *conn) RemoteAddr() net.Addr { return c.remote }

// A deadline ends a wait for changed.
type deadline struct {
	at    time.Time
	timer *time.Timer
}

func (d *deadline) set(at time.Time) {
	mu.Lock()
	defer mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
	}
	if d.at = at; !at.IsZero() {
		d.timer = time.AfterFunc(time.Until(at), changed.Broadcast)
	}
	changed.Broadcast()
}

func (d *deadline) isOver() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func (c *conn) SetReadDeadline(t time.Time) error {
	c.readBy.set(t)
	return nil
}

func (c *conn) SetWriteDeadline(t time.Time) error {
	c.writeBy.set(t)
	return nil
}

func (c *conn) SetDeadline(t time.Time) error {
	c.readBy.set(t)
	c.writeBy.set(t)
	return nil
}

func (c *conn) fail(op string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

func (c *conn) Read(b []byte) (int, error) {
	mu.Lock()
	defer mu.Unlock()
	for len(c.in) == 0 && !c.finished && !c.closed && !c.readBy.isOver() {
		changed.Wait()
	}
	switch {
	case c.closed:
		return 0, c.fail("read", net.ErrClosed)
	case c.readBy.isOver():
		return 0, c.fail("read", os.ErrDeadlineExceeded)
	case len(c.in) == 0:
		return 0, io.EOF
	}
	n := copy(b, c.in)
	c.in = c.in[n:]
	if c.read += n; c.read >= window/4 {
		post(map[string]any{"op": "read", "id": c.id, "size": c.read})
		c.read = 0
	}
	return n, nil
}

func (c *conn) Write(b []byte) (sent int, err error) {
	line := caller()
	mu.Lock()
	defer mu.Unlock()
	for len(b) > 0 {
		for c.window == 0 && !c.finished && !c.closed && !c.writeBy.isOver() {
			changed.Wait()
		}
		switch {
		case c.closed:
			return sent, c.fail("write", net.ErrClosed)
		case c.writeBy.isOver():
			return sent, c.fail("write", os.ErrDeadlineExceeded)
		case c.finished:
			return sent, c.fail("write", errBroken)
		}
		n := min(len(b), c.window)
		data := js.Global().Get("Uint8Array").New(n)
		js.CopyBytesToJS(data, b[:n])
		c.decoder.Write(b[:n])
		events, err := json.Marshal(c.events)
		if err != nil {
			panic(err) // JSON can encode every event
		}
		c.events = nil
		post(map[string]any{"op": "data", "id": c.id, "data": data, "events": string(events), "line": line})
		c.window -= n
		sent += n
		b = b[n:]
	}
	return sent, nil
}

// caller returns the line of the lesson's program that the calling goroutine is
// in, such as client/main.go:40, or "" if zmq4 started the goroutine.
func caller() string {
	stack := make([]uintptr, 32)
	frames := runtime.CallersFrames(stack[:runtime.Callers(2, stack)])
	for {
		frame, more := frames.Next()
		if _, file, ok := strings.Cut(frame.File, "zeromq-lessons/lessons/"); ok {
			_, file, _ = strings.Cut(file, "/") // the lesson
			return file + ":" + strconv.Itoa(frame.Line)
		}
		if !more {
			return ""
		}
	}
}
