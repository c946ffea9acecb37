package strangers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
	zmtp "zeromq-lessons/internal/zmtptest"
)

// A stranger is a peer that misbehaves.
type stranger struct {
	name    string
	plain   string              // what happens to lesson 02's server
	guarded string              // what this lesson's server does
	does    func(*attack) error // returns an error if the server did not answer correctly

	files int // how many files the server may have open, or 0 for no limit
}

// What happens to lesson 02's server.
const (
	crashes = "crashes"
	deaf    = "serves no clients"
	shut    = "serves no new clients"
	grows   = "serves all, but uses a lot of memory"
	mute    = "serves all, but not the stranger"
	lives   = "serves all"
)

// What this lesson's server does about a stranger. It serves all others.
const (
	refuses = "closes the connection"
	times   = "closes the connection after a timeout" // one of guard's limits
	yields  = "evicts strangers, but no client"
	answers = "answers"
	forgets = "cleans up" // the stranger has disconnected
)

var strangers = []stranger{
	{name: "100 connections that say nothing", plain: shut, guarded: times, does: func(a *attack) error {
		for range 100 {
			a.send()
		}
		return nil
	}},
	{name: "a part of a greeting", plain: shut, guarded: times, does: func(a *attack) error {
		for n := range 64 {
			a.send(zmtp.Greeting("NULL")[:n])
		}
		return nil
	}},
	{name: "a greeting, one byte per second", plain: shut, guarded: times, does: func(a *attack) error {
		for range 10 {
			a.drip(zmtp.Handshake("REQ"), a.send())
		}
		return nil
	}},
	{name: "a message, one byte per second", plain: lives, guarded: times, does: func(a *attack) error {
		for range 10 {
			a.drip(zmtp.Message(strings.Repeat("x", 1000)), a.send(zmtp.Handshake("REQ")))
		}
		return nil
	}},
	{name: "an HTTP request", plain: shut, guarded: refuses, does: func(a *attack) error {
		a.send([]byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
		return nil
	}},
	{name: "garbage", plain: lives, guarded: refuses, does: func(a *attack) error {
		random := rand.NewChaCha8([32]byte{})
		for range 20 {
			garbage := make([]byte, 200)
			random.Read(garbage)
			garbage[0] &= 0x7f // not the start of a greeting
			a.send(garbage)
		}
		return nil
	}},
	{name: "ZMTP 1", plain: shut, guarded: refuses, does: func(a *attack) error {
		a.send([]byte("\x01\x00" + "\x01\x01" + "\x06\x00hello")) // identity, delimiter, body
		return nil
	}},
	{name: "ZMTP 2", plain: shut, guarded: refuses, does: func(a *attack) error {
		a.send([]byte("\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f" + "\x01\x03" + "\x00\x00")) // revision, REQ, identity
		return nil
	}},
	{name: "another mechanism: PLAIN, CURVE, GSSAPI", plain: lives, guarded: refuses, does: func(a *attack) error {
		a.send(zmtp.Greeting("PLAIN"), zmtp.Frame(zmtp.Command, "\x05HELLO\x04user\x04pass"))
		a.send(zmtp.Greeting("CURVE"), zmtp.Frame(zmtp.Command, "\x05HELLO\x01\x00"+strings.Repeat("\x00", 192)))
		a.send(zmtp.Greeting("GSSAPI"), zmtp.Frame(zmtp.Command, "\x08INITIATE\x00\x00\x00\x00"))
		return nil
	}},
	{name: "a socket of a wrong type", plain: lives, guarded: refuses, does: func(a *attack) error {
		for _, t := range []string{"REP", "ROUTER", "PUB", "SUB", "XPUB", "XSUB", "PUSH", "PULL", "PAIR"} {
			a.send(zmtp.Handshake(t))
		}
		return nil
	}},
	{name: "a socket of an unknown type", plain: crashes, guarded: refuses, does: func(a *attack) error {
		for _, t := range []string{"CLIENT", "SERVER", "RADIO", "DISH", "GATHER", "SCATTER", "DGRAM", "PEER", "CHANNEL", "STREAM", "req", ""} {
			a.send(zmtp.Handshake(t))
		}
		return nil
	}},
	{name: "READY without a socket type", plain: crashes, guarded: refuses, does: func(a *attack) error {
		a.send(zmtp.Greeting("NULL"), zmtp.Ready())
		a.send(zmtp.Greeting("NULL"), zmtp.Ready(zmtp.Property("Identity", "me")))
		return nil
	}},
	{name: "READY with two socket types", plain: crashes, guarded: refuses, does: func(a *attack) error {
		a.send(zmtp.Greeting("NULL"), zmtp.Ready(zmtp.Property("Socket-Type", "REQ"), zmtp.Property("socket-type", "FOO")))
		a.send(zmtp.Greeting("NULL"), zmtp.Ready(zmtp.Property("SOCKET-TYPE", "FOO"), zmtp.Property("Socket-Type", "REQ")))
		return nil
	}},
	{name: "READY truncated at each byte", plain: crashes, guarded: refuses, does: func(a *attack) error {
		body := "\x05READY" + zmtp.Property("Socket-Type", "REQ") + zmtp.Property("Identity", "me")
		whole := len("\x05READY" + zmtp.Property("Socket-Type", "REQ"))
		for n := range len(body) {
			if n != whole { // a valid READY
				a.send(zmtp.Greeting("NULL"), zmtp.Frame(zmtp.Command, body[:n]))
			}
		}
		return nil
	}},
	{name: "READY of 1 MiB", plain: lives, guarded: refuses, does: func(a *attack) error {
		a.send(zmtp.Greeting("NULL"), zmtp.Ready(zmtp.Property("Socket-Type", "REQ"), zmtp.Property("X-Long", strings.Repeat("x", 1<<20))))
		return nil
	}},
	{name: "READY with a wrong length", plain: lives, guarded: refuses, does: func(a *attack) error {
		for _, size := range []string{"\x00\x00\x00\x04", "\x7f\xff\xff\xff", "\x80\x00\x00\x00", "\xff\xff\xff\xff"} {
			a.send(zmtp.Greeting("NULL"), zmtp.Ready("\x0bSocket-Type"+size+"REQ"))
			a.send(zmtp.Greeting("NULL"), zmtp.Ready(zmtp.Property("Socket-Type", "REQ")+"\x08Identity"+size+"me"))
		}
		a.send(zmtp.Greeting("NULL"), zmtp.Ready("\xffSocket-Type"))
		a.send(zmtp.Greeting("NULL"), zmtp.Frame(zmtp.Command, "\xffREADY"))
		return nil
	}},
	{name: "a frame of 2^31 bytes, before READY", plain: shut, guarded: refuses, does: announceFirst(1 << 31)},
	{name: "a frame of 2^36, 2^40 or 2^63-1 bytes, before READY", plain: crashes, guarded: refuses, does: announceFirst(1<<36, 1<<40, 1<<63-1)},
	{name: "a frame of 2^63 or 2^64-1 bytes, before READY", plain: lives, guarded: refuses, does: announceFirst(1<<63, 1<<64-1)},
	{name: "a frame of 2^31 bytes, after READY", plain: lives, guarded: refuses, does: announce(1 << 31)},
	{name: "a frame of 2^36, 2^40 or 2^63-1 bytes, after READY", plain: crashes, guarded: refuses, does: announce(1<<36, 1<<40, 1<<63-1)},
	{name: "a frame of 2^63 or 2^64-1 bytes, after READY", plain: lives, guarded: refuses, does: announce(1<<63, 1<<64-1)},
	{name: "a message of a million empty frames", plain: grows, guarded: refuses, does: func(a *attack) error {
		conn := a.send(zmtp.Handshake("REQ"))
		a.running.Go(func() { conn.Write(bytes.Repeat(zmtp.Frame(zmtp.More, ""), 1e6)) })
		return nil
	}},
	{name: "a command in the middle of a message", plain: mute, guarded: answers, does: func(a *attack) error {
		p, err := a.meet("REQ")
		if err != nil {
			return err
		}
		p.Write(slices.Concat(zmtp.Frame(zmtp.More, ""), zmtp.Frame(zmtp.Command, "\x04PING\x00\x00me"), zmtp.Frame(0, "World")))
		return p.Expect("\x04PONGme", "", a.reply("World"))
	}},
	{name: "PING", plain: mute, guarded: answers, does: func(a *attack) error {
		p, err := a.meet("REQ")
		if err != nil {
			return err
		}
		p.Write(slices.Concat(zmtp.Frame(zmtp.Command, "\x04PING\x00\x00me"), zmtp.Message("World")))
		return p.Expect("\x04PONGme", "", a.reply("World"))
	}},
	{name: "ERROR, PONG, SUBSCRIBE, an unknown command", plain: lives, guarded: answers, does: func(a *attack) error {
		p, err := a.meet("REQ")
		if err != nil {
			return err
		}
		for _, body := range []string{"\x05ERROR\x04full", "\x04PONG", "\x09SUBSCRIBEtopic", "\x05HELLO"} {
			p.Write(zmtp.Frame(zmtp.Command, body))
		}
		p.Write(zmtp.Message("World"))
		return p.Expect("", a.reply("World"))
	}},
	{name: "ERROR instead of READY", plain: lives, guarded: refuses, does: func(a *attack) error {
		a.send(zmtp.Greeting("NULL"), zmtp.Frame(zmtp.Command, "\x05ERROR\x04full"))
		return nil
	}},
	{name: "a message without the delimiter", plain: lives, guarded: refuses, does: func(a *attack) error {
		a.send(zmtp.Handshake("DEALER"), zmtp.Frame(0, "hello"))
		return nil
	}},
	{name: "a connection reset in every state", plain: lives, guarded: forgets, does: func(a *attack) error {
		all := slices.Concat(zmtp.Handshake("REQ"), zmtp.Message("World"))
		for n := range len(all) + 1 {
			conn := a.send(all[:n])
			if tcp, ok := conn.(*net.TCPConn); ok {
				tcp.SetLinger(0)
			}
			conn.Close()
		}
		return nil
	}},
	{name: "1000 connections", plain: lives, guarded: yields, does: crowd},
	{name: "1000 connections, to a server with 50 file descriptors", plain: shut, guarded: yields, does: crowd, files: 50},
	{name: "requests, without reading the replies", plain: deaf, guarded: refuses, does: func(a *attack) error {
		conn := a.send(zmtp.Handshake("DEALER"))
		requests := bytes.Repeat(zmtp.Message(strings.Repeat("x", 8000)), 8)
		a.running.Go(func() {
			for {
				if _, err := conn.Write(requests); err != nil {
					return
				}
			}
		})
		return nil
	}},
	{name: "two requests before it reads a reply", plain: lives, guarded: answers, does: func(a *attack) error {
		p, err := a.meet("DEALER")
		if err != nil {
			return err
		}
		p.Write(slices.Concat(zmtp.Message("one"), zmtp.Message("two")))
		return p.Expect("", a.reply("one"), "", a.reply("two"))
	}},
}

// announceFirst sends the header of a frame instead of READY, and a part of
// its body.
func announceFirst(sizes ...uint64) func(*attack) error {
	return func(a *attack) error {
		for _, size := range sizes {
			a.send(zmtp.Greeting("NULL"), zmtp.Header(zmtp.Command, size), []byte("\x05READY"))
			a.send(zmtp.Greeting("NULL"), zmtp.Header(0, size), []byte("hello"))
		}
		return nil
	}
}

// announce sends the header of a frame instead of a request, and a part of its
// body.
func announce(sizes ...uint64) func(*attack) error {
	return func(a *attack) error {
		for _, size := range sizes {
			a.send(zmtp.Handshake("REQ"), zmtp.Header(0, size), []byte("hello"))
			a.send(zmtp.Handshake("REQ"), zmtp.Frame(zmtp.More, ""), zmtp.Header(0, size), []byte("hello"))
			a.send(zmtp.Handshake("REQ"), zmtp.Header(zmtp.Command, size), []byte("\x04PING"))
		}
		return nil
	}
}

// crowd connects a thousand clients that say nothing further.
func crowd(a *attack) error {
	for range 1000 {
		a.send(zmtp.Handshake("REQ"))
	}
	return nil
}

// An attack is what strangers do to a server while its clients ask.
type attack struct {
	address string
	reply   func(name string) string // what the stranger should receive
	wait    time.Duration            // for what a stranger should receive
	ctx     context.Context          // ends with the attack
	end     context.CancelFunc
	conns   []net.Conn     // of the strangers
	running sync.WaitGroup // strangers that still write

	present bool          // a stranger was connected when the client that came was answered
	slowest time.Duration // how long a client waited at most

	old, fresh, stranger error // of the client that was there, the one that came, the stranger
}

// waits are how long the client that was there, the one that came, and a stranger
// wait for what they should receive.
type waits struct{ old, fresh, stranger time.Duration }

var patient = waits{patience, patience, patience}

// run runs the strangers while the first client asks. When the strangers are
// done, a second client connects.
func (s stranger) run(t *testing.T, server *server, old *zmtp.Peer, wait waits) *attack {
	a := &attack{address: server.attacked, reply: server.reply, wait: wait.stranger}
	a.ctx, a.end = context.WithCancel(t.Context())
	t.Cleanup(func() { a.end(); a.running.Wait() })

	var asking sync.WaitGroup
	var slowest time.Duration
	asking.Go(func() { slowest, a.old = askAll(old, wait.old) })
	a.stranger = s.does(a)
	for again, deadline := true, time.Now().Add(wait.fresh); again; {
		start := time.Now()
		conn, err := net.DialTimeout("tcp", server.address, wait.fresh)
		if err != nil {
			a.fresh = err
			break
		}
		defer conn.Close()
		fresh, err := join(conn, wait.fresh)
		// A client that takes longer than a second to ask may be evicted too. It
		// then connects again, as a ZeroMQ socket would.
		again = err != nil && s.guarded == yields && time.Since(start) > time.Second && time.Now().Before(deadline)
		if err == nil {
			a.present = s.guarded == times && a.connected()
			joined := time.Since(start)
			if a.slowest, err = askAll(fresh, wait.fresh); s.guarded != yields { // then it has to wait for a slot
				a.slowest = max(a.slowest, joined)
			}
		}
		a.fresh = err
	}
	asking.Wait()
	a.slowest = max(a.slowest, slowest)
	return a
}

func (a *attack) String() string {
	return fmt.Sprintf("the client that was there: %v\nthe one that came: %v\nthe stranger: %v", a.old, a.fresh, a.stranger)
}

// askAll asks 200 times, or 1000 times if LESSONS_REQUIRE names thorough. It
// returns how long the slowest reply took.
func askAll(p *zmtp.Peer, wait time.Duration) (slowest time.Duration, err error) {
	requests := 200
	if host.Required("thorough") {
		requests = 1000
	}
	for n := range requests {
		start := time.Now()
		if err := ask(p, fmt.Sprintf("request %d of %v", n, p.LocalAddr()), wait); err != nil {
			return 0, fmt.Errorf("%d of %d replies: %w", n, requests, err)
		}
		slowest = max(slowest, time.Since(start))
	}
	return slowest, nil
}

// join completes the handshake of a well-behaved client, which then asks once.
func join(conn net.Conn, wait time.Duration) (*zmtp.Peer, error) {
	p := zmtp.NewPeer(conn)
	err := handshake(p, "REQ", wait)
	if err == nil {
		err = ask(p, "World", wait)
	}
	return p, err
}

// handshake completes the handshake as a socket of this type. It leaves a deadline
// on the connection.
func handshake(p *zmtp.Peer, socketType string, wait time.Duration) error {
	p.SetDeadline(time.Now().Add(wait))
	return p.Handshake(socketType)
}

// ask sends a name, and returns an error unless its greeting arrives in time.
func ask(p *zmtp.Peer, name string, wait time.Duration) error {
	p.SetDeadline(time.Now().Add(wait))
	if _, err := p.Write(zmtp.Message(name)); err != nil {
		return err
	}
	return p.Expect("", hello(name))
}

// dial connects a stranger.
func (a *attack) dial() net.Conn {
	conn, err := net.DialTimeout("tcp", a.address, a.wait)
	if err != nil { // the server is dead, and its clients will notice
		conn, _ = net.Pipe()
		conn.Close()
		return conn
	}
	a.conns = append(a.conns, conn)
	context.AfterFunc(a.ctx, func() { conn.Close() })
	return conn
}

// send connects a stranger that sends something and stays connected. The server
// need not read all of it.
func (a *attack) send(parts ...[]byte) net.Conn {
	conn := a.dial()
	conn.SetWriteDeadline(time.Now().Add(a.wait))
	conn.Write(slices.Concat(parts...))
	conn.SetWriteDeadline(time.Time{})
	return conn
}

// drip sends a byte a second.
func (a *attack) drip(bytes []byte, conn net.Conn) {
	a.running.Go(func() {
		second := time.NewTicker(time.Second)
		defer second.Stop()
		for i := range bytes {
			if _, err := conn.Write(bytes[i : i+1]); err != nil {
				return
			}
			select {
			case <-second.C:
			case <-a.ctx.Done():
				return
			}
		}
	})
}

// meet connects a stranger that completes the handshake.
func (a *attack) meet(socketType string) (*zmtp.Peer, error) {
	p := zmtp.NewPeer(a.dial())
	return p, handshake(p, socketType, a.wait)
}

// connected reports whether the server still keeps the connection of a stranger
// open. It reads from all of them.
func (a *attack) connected() bool {
	return slices.ContainsFunc(a.conns, func(conn net.Conn) bool {
		conn.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		_, err := io.Copy(io.Discard, conn)
		return errors.Is(err, os.ErrDeadlineExceeded)
	})
}

// closed waits until the server has closed all connections except for some that
// may stay. The server decides which ones stay: it need not admit them in the
// order in which they connected.
func (a *attack) closed(t *testing.T, stay int) {
	a.running.Wait()
	deadline := time.Now().Add(patience)
	errs := make(chan error, len(a.conns))
	for _, conn := range a.conns {
		conn.SetDeadline(deadline)
		go func() {
			_, err := io.Copy(io.Discard, conn)
			errs <- err
		}()
	}
	for n := range len(a.conns) - stay {
		if err := <-errs; errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("after %v the server has closed %d of %d connections, and may keep %d", patience, n, len(a.conns), stay)
		}
	}
}

// await waits for a condition.
func await(t *testing.T, condition func() error) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); ; <-tick.C {
		err := condition()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// A server runs in a separate process.
type server struct {
	*exec.Cmd
	address  string
	attacked string                   // the address that strangers connect to
	reply    func(name string) string // at that address
	output   bytes.Buffer             // its standard error
	ended    chan struct{}            // when the process has
}

func hello(name string) string { return "Hello, " + name + "!" }

// startServer starts a server, which may have this many files open, unless that
// is 0.
func startServer(t *testing.T, program, scheme string, files int, args ...string) *server {
	endpoint := host.FreeEndpoint()
	address := strings.TrimPrefix(endpoint, "tcp://")
	command := append([]string{program, "-bind", scheme + address}, args...)
	if files > 0 {
		if runtime.GOOS == "windows" {
			t.Skip("Windows does not limit how many files are open")
		}
		command = append([]string{"/bin/sh", "-c", fmt.Sprintf(`ulimit -n %d; exec "$@"`, files), "sh"}, command...)
	}
	s := &server{Cmd: exec.Command(command[0], command[1:]...), address: address, attacked: address, reply: hello, ended: make(chan struct{})}
	s.Stderr = &s.output
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { s.Wait(); close(s.ended) }()
	t.Cleanup(func() {
		s.Process.Kill()
		<-s.ended
		if t.Failed() {
			t.Logf("the server printed:\n%s", s.output.Bytes())
		}
	})
	return s
}

// client connects a well-behaved client as soon as the server is up.
func (s *server) client(t *testing.T) *zmtp.Peer {
	conn, err := dial(s.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	p, err := join(conn, patience)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// means returns how many files the server has open, and how much memory it uses,
// in kB, or zeros without /proc.
func (s *server) means(t *testing.T) (files, memory int) {
	if runtime.GOOS != "linux" {
		return 0, 0
	}
	proc := filepath.Join("/proc", strconv.Itoa(s.Process.Pid))
	list, err := os.ReadDir(filepath.Join(proc, "fd"))
	if err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile(filepath.Join(proc, "status"))
	if err != nil {
		t.Fatal(err)
	}
	_, rss, _ := strings.Cut(string(status), "VmRSS:")
	if _, err := fmt.Sscan(rss, &memory); err != nil {
		t.Fatal(err)
	}
	return len(list), memory
}

// TestStrangers lets strangers connect to this lesson's server. Meanwhile all
// clients must get all replies. Afterward, the server must have no more files
// open than before, and its memory must not have grown, which the test can check
// only on Linux.
func TestStrangers(t *testing.T) {
	files := host.Files() // the tests have as many connections as the server
	for _, s := range strangers {
		t.Run(s.name, func(t *testing.T) {
			switch {
			case files >= 2048:
				t.Parallel()
			case strings.HasPrefix(s.name, "1000 "):
				t.Skipf("a process may have only %d files open: ulimit -n 2048", files)
			}
			if strings.HasPrefix(s.name, "1000 ") {
				lessontest.Thorough(t)
			}
			s.test(t, startServer(t, lessontest.Program("server"), "guard://", s.files))
			t.Logf("lesson 02's server %s; this one %s", s.plain, s.guarded)
		})
	}
}

// TestStrangersBroker lets strangers connect to lesson 08's broker, which has two
// endpoints: those that the guard lets through to a program, and one that it does
// not.
func TestStrangersBroker(t *testing.T) {
	const refused = "READY without a socket type"
	for _, endpoint := range []string{"clients", "workers"} {
		for _, s := range strangers {
			if s.name != refused && s.guarded != answers && s.guarded != forgets {
				continue
			}
			t.Run(endpoint+"/"+s.name, func(t *testing.T) {
				if s.name != refused {
					lessontest.Thorough(t)
				}
				t.Parallel()
				workers := strings.TrimPrefix(host.FreeEndpoint(), "tcp://")
				broker := startServer(t, lessontest.Program("08-workers-broker"), "guard://", 0, "-workers", "guard://"+workers)
				if endpoint == "workers" {
					broker.attacked = workers
					broker.reply = func(string) string { return "error: this endpoint is for workers" }
				}
				worker := exec.Command(lessontest.Program("08-workers-worker"), "-connect", "tcp://"+workers)
				if err := worker.Start(); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { worker.Process.Kill(); worker.Wait() })
				s.test(t, broker)
			})
		}
	}
}

// test lets the stranger connect to a server with a guard.
func (s stranger) test(t *testing.T, server *server) {
	old, quiet := server.client(t), server.client(t)
	files, memory := server.means(t)

	// Clients must get their replies while the strangers are there, and sooner than
	// any of the guard's limits. On a slow computer, that may take several attempts.
	const soon = 4 * time.Second
	var a *attack
	for deadline := time.Now().Add(patience); ; {
		a = s.run(t, server, old, patient)
		if a.old != nil || a.fresh != nil || a.stranger != nil {
			t.Fatal(a)
		}
		if a.slowest < soon && (a.present || s.guarded != times) {
			break
		}
		a.end()
		if time.Now().After(deadline) {
			t.Fatalf("clients wait for strangers: one waited %v; were strangers still connected? %v", a.slowest, a.present)
		}
	}
	if err := ask(quiet, "World", patience); err != nil {
		t.Errorf("a client that was there and asked nothing meanwhile: %v", err)
	}
	switch {
	case s.guarded == yields:
		a.closed(t, maxConns)
	case s.guarded == refuses, s.guarded == times && host.Required("thorough"):
		a.closed(t, 0)
	}

	// When the strangers are gone, so are the resources that they used.
	a.end()
	await(t, func() error {
		if f, m := server.means(t); f > files || m > memory+growth {
			return fmt.Errorf("the server has %d files open and %d kB of memory, and had %d and %d", f, m, files, memory)
		}
		return nil
	})
	server.client(t)
}

// TestStrangersUnguarded lets them connect to lesson 02's server.
func TestStrangersUnguarded(t *testing.T) {
	if !host.Required("thorough") {
		t.Skip("LESSONS_REQUIRE does not name thorough")
	}
	program := lessontest.Program("02-req-rep-server")
	for _, s := range strangers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			server := startServer(t, program, "tcp://", s.files)
			old := server.client(t)
			_, before := server.means(t)

			// Wait only briefly for what should not come, so that the test is fast.
			// Wait long for the rest, so that a slow computer does not make it fail.
			const brief = 3 * time.Second
			wait := patient
			switch s.plain {
			case deaf:
				wait = waits{brief, brief, brief}
			case shut:
				wait.fresh, wait.stranger = brief, brief
			case mute:
				wait.stranger = brief
			}
			a := s.run(t, server, old, wait)
			outcome := lives
			switch {
			case errors.Is(a.old, os.ErrDeadlineExceeded):
				outcome = deaf
			case a.old != nil:
				select {
				case <-server.ended:
					outcome = crashes
				case <-time.After(patience):
					outcome = "closes its client's connection"
				}
			case a.fresh != nil:
				outcome = shut
			case a.stranger != nil:
				outcome = mute
			case s.plain == grows:
				await(t, func() error {
					if _, m := server.means(t); m < before+32<<10 {
						return fmt.Errorf("the server has %d kB of memory, and had %d", m, before)
					}
					return nil
				})
				outcome = grows
			}
			if outcome != s.plain {
				t.Errorf("it %s, not: %s\n%v", outcome, s.plain, a)
			}
		})
	}
}

// maxConns is the server's limit.
const maxConns = 64

// growth is how many kB of memory a server may have more than before: what
// its limits let it hold is 39 MiB, and with -race it needs more.
const growth = 128 << 10
