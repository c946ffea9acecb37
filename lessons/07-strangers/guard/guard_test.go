package guard

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/plain"
	"github.com/go-zeromq/zmq4/transport"
)

// testPatience is how long a test waits for something that should come soon.
const testPatience = time.Minute

var schemes atomic.Int32

// newScheme returns a scheme that is not registered yet.
func newScheme() string { return fmt.Sprintf("guard-%d", schemes.Add(1)) }

// register registers limits under a new scheme. The channel receives the errors
// that the guard reports.
func register(t *testing.T, limits Limits) (scheme string, reports chan error) {
	t.Helper()
	reports = make(chan error, 1000)
	limits.Report = func(err error) {
		select {
		case reports <- err:
		default: // the test does not read them
		}
	}
	scheme = newScheme()
	if err := Register(scheme, limits); err != nil {
		t.Fatal(err)
	}
	return scheme, reports
}

// TestMain runs the tests, and checks that they leave no goroutine of this package.
func TestMain(m *testing.M) {
	flag.Set("test.parallel", "8") // they mostly wait
	code := m.Run()
	left := "a goroutine"
	for end := time.Now().Add(testPatience); left != "" && code == 0; runtime.Gosched() {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		left = ""
		for stack := range strings.SplitSeq(string(stacks), "\n\n") {
			if strings.Contains(stack, "/guard.") && !strings.Contains(stack, "/guard.TestMain") {
				left = stack
			}
		}
		if left != "" && time.Now().After(end) {
			fmt.Fprintf(os.Stderr, "a goroutine is left:\n%s\n", left)
			code = 1
		}
	}
	os.Exit(code)
}

// serve starts a guarded REP socket, and closes it when the test ends.
func serve(t *testing.T, limits Limits) (rep zmq4.Socket, addr string, reports chan error) {
	t.Helper()
	scheme, reports := register(t, limits)
	rep = zmq4.NewRep(context.Background())
	if err := rep.Listen(scheme + "://127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rep.Close() })
	return rep, rep.Addr().String(), reports
}

// echo answers each request with itself.
func echo(rep zmq4.Socket) {
	for {
		msg, err := rep.Recv()
		if errors.Is(err, context.Canceled) {
			return
		}
		if err == nil {
			rep.Send(msg)
		}
	}
}

// A stranger speaks raw ZMTP.
type stranger struct {
	t *testing.T
	net.Conn
}

func connect(t *testing.T, addr string, parts ...string) stranger {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(testPatience))
	s := stranger{t, c}
	s.send(parts...)
	return s
}

func (s stranger) send(parts ...string) {
	s.t.Helper()
	if _, err := io.WriteString(s, strings.Join(parts, "")); err != nil {
		s.t.Fatal(err)
	}
}

// receives reads until the text arrives.
func (s stranger) receives(text string) {
	s.t.Helper()
	var got []byte
	for buf := make([]byte, 1000); !bytes.Contains(got, []byte(text)); {
		n, err := s.Read(buf)
		got = append(got, buf[:n]...)
		if err != nil {
			s.t.Fatalf("waited for %q, got %q and then %v", text, got, err)
		}
	}
}

// ends reads until the connection ends.
func (s stranger) ends() {
	s.t.Helper()
	if _, err := io.Copy(io.Discard, s); errors.Is(err, os.ErrDeadlineExceeded) {
		s.t.Fatal("the connection goes on")
	}
}

var hello = string(greeting) + readyOf("REQ")

func readyOf(kind string) string {
	return frame(command, "\x05READY"+property("Socket-Type", kind))
}

func property(name, value string) string {
	return string([]byte{byte(len(name))}) + name + string(binary.BigEndian.AppendUint32(nil, uint32(len(value)))) + value
}

func frame(flags byte, body string) string {
	if len(body) < 256 {
		return string([]byte{flags, byte(len(body))}) + body
	}
	return string(binary.BigEndian.AppendUint64([]byte{flags | long}, uint64(len(body)))) + body
}

func request(body string) string { return frame(more, "") + frame(0, body) }

// expect waits for a report that contains all these words.
func expect(t *testing.T, reports chan error, words ...string) (err error) {
	t.Helper()
	select {
	case err = <-reports:
		for _, word := range words {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("reported %q, which does not say %q", err, word)
			}
		}
	case <-time.After(testPatience):
		t.Fatalf("nothing was reported with %q", words)
	}
	return err
}

// Messages of all sizes pass in both directions, with a guard on either side or
// on both.
func TestEcho(t *testing.T) {
	t.Parallel()
	rep, addr, _ := serve(t, Limits{})
	go echo(rep)
	scheme, _ := register(t, Limits{})
	const total = 1<<20 - 3*frameCost
	for _, dialed := range []string{"tcp", scheme} {
		req := zmq4.NewReq(t.Context())
		defer req.Close()
		if err := req.Dial(dialed + "://" + addr); err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{1, 2, 254, 255, 256, 257, bufferSize - 20, bufferSize, bufferSize + 20, total} {
			for _, send := range []func(zmq4.Msg) error{req.Send, req.SendMulti} {
				frames := [][]byte{bytes.Repeat([]byte("a"), size), bytes.Repeat([]byte("b"), total-size)}
				if size == total {
					frames = frames[:1]
				}
				if err := send(zmq4.NewMsgFrom(frames...)); err != nil {
					t.Fatal(err)
				}
				msg, err := req.Recv()
				if err != nil || len(msg.Frames) != len(frames) || !bytes.Equal(bytes.Join(msg.Frames, nil), bytes.Join(frames, nil)) {
					t.Fatalf("%s: %d bytes came back as %d frames, %v", dialed, size, len(msg.Frames), err)
				}
			}
		}
	}
}

// If a peer exceeds a limit, its connection ends, and the report names the limit
// and the peer.
func TestLimits(t *testing.T) {
	t.Parallel()
	const short = 20 * time.Millisecond
	tests := []struct {
		name   string
		limits Limits
		send   string
		says   string
	}{
		{"MaxMsgSize", Limits{MaxMsgSize: 138}, hello + request("12345678901"), "a message of 139 bytes or more"},
		{"MaxMsgSize", Limits{MaxMsgSize: 202}, hello + frame(more, "") + frame(more, "123456") + frame(0, "78901"), "a message of 203 bytes or more"},
		{"MaxMsgSize", Limits{}, hello + "\x02\xff\xff\xff\xff\xff\xff\xff\xff", "a frame of 18446744073709551615 bytes"},
		{"MaxMsgSize", Limits{MaxMsgSize: 640}, hello + strings.Repeat(frame(more, ""), 11), "a message of 704 bytes or more"},
		{"HandshakeTimeout", Limits{HandshakeTimeout: short}, "", "its handshake"},
		{"HandshakeTimeout", Limits{HandshakeTimeout: short}, string(greeting), "its handshake"},
		{"MessageTimeout", Limits{MessageTimeout: short}, hello + "\x00", "its message"},
		{"MessageTimeout", Limits{MessageTimeout: short}, hello + frame(more, ""), "its message"},
		{"IdleTimeout", Limits{IdleTimeout: short}, hello, "no request"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rep, addr, reports := serve(t, test.limits)
			go echo(rep)
			s := connect(t, addr, test.send)
			err := expect(t, reports, test.name, test.says, s.LocalAddr().String())
			if e := (*Error)(nil); !errors.As(err, &e) || e.Limit != test.name || e.Peer.String() != s.LocalAddr().String() {
				t.Errorf("%#v does not name the limit and the peer", err)
			}
			s.ends()
		})
	}
}

// An invalid handshake never reaches zmq4.
func TestHandshake(t *testing.T) {
	t.Parallel()
	rep, addr, reports := serve(t, Limits{})
	go echo(rep)
	lie := property("Socket-Type", "REQ")
	tests := []struct{ send, says string }{
		{"GET / HTTP/1.1\r\n\r\n", "does not speak ZMTP"},
		{"\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x01\x03\x00\x00", "an old version of ZMTP, revision 1"},
		{strings.Replace(string(greeting), "NULL", "PLAIN", 1)[:64], "a security mechanism other than NULL"},
		{string(greeting) + frame(0, "READY"), "before READY"},
		{string(greeting) + frame(0, "\x05READY"+lie), "before READY"},
		{string(greeting) + frame(command, ""), "before READY"},
		{string(greeting) + frame(command, "\x04PING\x00\x00"), "before READY"},
		{string(greeting) + frame(command, "\x06READY"), "before READY"},
		{string(greeting) + frame(command, "\x05ERROR\x03bad"), `"\x05ERROR\x03bad" before READY`},
		{string(greeting) + frame(command, strings.Repeat("x", 5000)), "a command of 5000 bytes"},
		{string(greeting) + "\x06\xff\xff\xff\xff\xff\xff\xff\xff", "a command of 18446744073709551615 bytes"},
		{string(greeting) + frame(command|more, "\x05READY"), "invalid flags, 0x05"},
		{string(greeting) + readyOf("PUB"), `is a "PUB", not a REQ or a DEALER`},
		{string(greeting) + readyOf("CLIENT"), `is a "CLIENT"`},
		{string(greeting) + readyOf(""), `is a ""`},
		{string(greeting) + frame(command, "\x05READY"), "without a socket type"},
		{string(greeting) + frame(command, "\x05READY"+property("", "x")), "truncated property"},
		{string(greeting) + frame(command, "\x05READY"+lie+property("\u017focket-type", "REQ")), "two socket types"}, // ſ
		{string(greeting) + frame(command, "\x05READY"+strings.Replace(lie, "\x03REQ", "\xffREQ", 1)), "truncated property"},
		{hello + frame(8, "x"), "invalid flags, 0x08"},
		{hello + frame(0, "x"), "without the empty frame"},
		{hello + frame(command, "\x04PING\x00"), "a 6-byte PING"},
	}
	for n := 1; n < len(lie); n++ {
		tests = append(tests, struct{ send, says string }{string(greeting) + frame(command, "\x05READY"+lie[:n]), "truncated property"})
	}
	for _, test := range tests {
		s := connect(t, addr, test.send)
		expect(t, reports, test.says, s.LocalAddr().String())
		s.ends()
	}
	// Names of properties are not case-sensitive, and there may be others.
	s := connect(t, addr, string(greeting), frame(command, "\x05READY"+property("X-A", "")+property("SOCKET-type", "DEALER")), request("x"))
	s.receives(request("x"))
}

// The guard's greeting is that of ZMTP 3.1, because some peers insist on that.
// The guard also accepts peers of version 3.0 and of later versions.
func TestVersion(t *testing.T) {
	t.Parallel()
	rep, addr, _ := serve(t, Limits{})
	go echo(rep)
	for _, version := range []string{"\x03\x00", "\x03\x01", "\x03\x02", "\x04\x00"} {
		s := connect(t, addr, strings.Replace(hello, "\x03\x01", version, 1))
		s.receives("\x7f\x03\x01NULL\x00")
		s.send(request("x"))
		s.receives(request("x"))
	}
}

// A peer that has sent its handshake gets our READY only when it gets a slot. It
// takes the slot of a peer that never asked, but not that of one that has a pending
// request or is sending one.
func TestMaxConns(t *testing.T) {
	t.Parallel()
	rep, addr, reports := serve(t, Limits{MaxConns: 3, HandshakeTimeout: testPatience, MessageTimeout: testPatience})
	recv := func() {
		t.Helper()
		if _, err := rep.Recv(); err != nil {
			t.Fatal(err)
		}
	}
	ping, pong := frame(command, "\x04PING\x00\x00"), frame(command, "\x04PONG")
	pending := connect(t, addr, hello, request("1"))
	recv()
	asking := connect(t, addr, hello, ping, "\x01") // the rest may arrive later
	asking.receives(pong)
	silent := connect(t, addr, hello, ping)
	silent.receives(pong)
	newcomer := connect(t, addr, hello)
	expect(t, reports, "MaxConns", silent.LocalAddr().String())
	silent.ends()
	newcomer.receives("READY")
	newcomer.send(request("2"))
	recv()
	if err := rep.Send(zmq4.NewMsgString("bye")); err != nil {
		t.Fatal(err)
	}
	newcomer.receives("bye")
	asking.send(request("3")[1:])
	recv()
	pending.send(ping)
	pending.receives(pong)

	// Peers in the handshake are counted separately.
	first := connect(t, addr, "\xff")
	first.receives(string(greeting))
	for range 3 {
		connect(t, addr).receives(string(greeting))
	}
	expect(t, reports, "MaxConns", first.LocalAddr().String())
	pending.send(ping)
	pending.receives(pong)
}

// If all peers stay busy, another one is refused after HandshakeTimeout. It has
// received our greeting, but no READY.
func TestRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := Limits{MaxConns: 1, HandshakeTimeout: 5 * time.Second}
		busy, _ := pipe(t, limits)
		late, peer := pipe(t, limits)
		l := &listener{ctx: t.Context(), peers: newPeers(late.limits), ready: make(chan *conn)}
		p := l.peers.add(busy)
		if err := l.peers.admit(p); err != nil {
			t.Fatal(err)
		}
		l.peers.asked(p)
		start := time.Now()
		go l.handshake(late, l.peers.add(late))
		go io.WriteString(peer, hello)
		if got, err := io.ReadAll(peer); !bytes.Equal(got, greeting) {
			t.Errorf("got %q, %v", got, err)
		}
		if took := time.Since(start); took != limits.HandshakeTimeout {
			t.Errorf("it was refused after %v", took)
		}
		if err := late.fail(nil); !strings.Contains(err.Error(), "refused because all peers are busy: MaxConns is 1") {
			t.Error(err)
		}
	})
}

// Many more clients than slots all get their replies, although each client stays
// until it is evicted, and reconnects only if it got no slot.
func TestPlaces(t *testing.T) {
	t.Parallel()
	const slots, clients = 4, 40
	rep, addr, _ := serve(t, Limits{MaxConns: slots})
	go echo(rep)
	var asking sync.WaitGroup
	for i := range clients {
		asking.Go(func() {
			for {
				c, err := net.Dial("tcp", addr)
				if err != nil {
					t.Error(err)
					return
				}
				t.Cleanup(func() { c.Close() })
				c.SetDeadline(time.Now().Add(testPatience))
				io.WriteString(c, hello)
				if _, err := io.ReadFull(c, make([]byte, len(greeting)+1)); err != nil {
					continue // no READY: it got no slot, so it tries again
				}
				want := request(fmt.Sprint("request ", i))
				io.WriteString(c, want)
				var all []byte
				for buf := make([]byte, 1000); !bytes.Contains(all, []byte(want)); {
					n, err := c.Read(buf)
					all = append(all, buf[:n]...)
					if err != nil {
						t.Errorf("client %d asked, and got %q and then %v", i, all, err)
						return
					}
				}
				return
			}
		})
	}
	asking.Wait()
}

// When many peers connect at the same time, at most MaxConns stay, and a client
// that was answered before is one of them.
func TestCrowd(t *testing.T) {
	t.Parallel()
	const stay, all = 8, 500
	rep, addr, reports := serve(t, Limits{MaxConns: stay})
	go echo(rep)
	client := connect(t, addr, hello, request("1"))
	client.receives(request("1"))
	for range all {
		connect(t, addr, hello)
	}
	for range all + 1 - stay {
		expect(t, reports, "MaxConns")
	}
	client.send(request("2"))
	client.receives(request("2"))
}

// A client that does not read its replies does not block the others.
func TestMaxUnsent(t *testing.T) {
	t.Parallel()
	rep, addr, reports := serve(t, Limits{})
	big := zmq4.NewMsg(make([]byte, 16<<20))
	go func() {
		for {
			msg, err := rep.Recv()
			if errors.Is(err, context.Canceled) {
				return
			}
			if string(msg.Bytes()) == "big" {
				msg = big
			}
			rep.Send(msg)
		}
	}()
	polite := connect(t, addr, hello, request("1"))
	polite.receives(request("1"))
	greedy := connect(t, addr, hello, request("big"))
	for range 100 {
		polite.send(request("2"))
		polite.receives(request("2"))
	}
	greedy.send(request("big"), request("big"))
	expect(t, reports, "MaxUnsent", greedy.LocalAddr().String())

	// A client that reads slowly gets all of its reply.
	slow := connect(t, addr, hello, request("big"))
	for range 10 {
		polite.send(request("3"))
		polite.receives(request("3"))
	}
	if _, err := io.CopyN(io.Discard, slow, 16<<20); err != nil {
		t.Error(err)
	}
}

// MaxUnsent limits neither the message that is being written nor a single message
// after it: a client that has read a reply may ask again before flush continues.
func TestQueue(t *testing.T) {
	t.Parallel()
	c, peer := pipe(t, Limits{MaxUnsent: 1, MessageTimeout: testPatience})
	write := func() error {
		_, err := io.WriteString(c, request("reply"))
		return err
	}
	if err := write(); err != nil { // the peer does not read it, so flush has to write it
		t.Fatal(err)
	}
	if _, err := peer.Read(make([]byte, 1)); err != nil { // flush writes it
		t.Fatal(err)
	}
	if err := write(); err != nil {
		t.Error(err)
	}
	if err := write(); err == nil || !strings.Contains(err.Error(), "MaxUnsent") {
		t.Errorf("a third message: %v", err)
	}
}

// A peer that does not read a message within MessageTimeout is disconnected.
func TestUnread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := Limits{MessageTimeout: 10 * time.Second}
		c, _ := pipe(t, limits)
		if _, err := io.WriteString(c, request("reply")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(limits.MessageTimeout - time.Nanosecond)
		synctest.Wait()
		if c.ended.Load() {
			t.Error("the connection has ended too early")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if !c.ended.Load() {
			t.Fatal("the connection goes on")
		}
		if err := c.fail(nil); !strings.Contains(err.Error(), "did not read within MessageTimeout, 10s") {
			t.Error(err)
		}
	})
}

// A message gets its full MessageTimeout, even if its header arrived in two parts
// while zmq4 did not read.
func TestAway(t *testing.T) {
	c, peer := pipe(t, Limits{MessageTimeout: testPatience})
	c.in.next, c.in.ready = c.in.readFrame, true
	done := make(chan bool)
	go func() {
		c.readInBackground()
		close(done)
	}()
	for _, part := range []string{"\x01", "\x00"} {
		if _, err := io.WriteString(peer, part); err != nil {
			t.Fatal(err)
		}
	}
	<-done
	if end := c.in.wire.end; !end.IsZero() {
		t.Errorf("the message must be there at %v", end)
	}
}

// pipe returns a listener's connection, to which zmq4 has written its greeting,
// and the other end, which has no buffer. It works in a synctest bubble, where
// time passes only while every goroutine waits.
func pipe(t *testing.T, limits Limits) (*conn, net.Conn) {
	limits.MaxMsgSize, limits.IdleTimeout, limits.Report = 1000, testPatience, func(error) {}
	ours, peer := net.Pipe()
	c := newConn(ours, &limits, "REQ")
	c.out.greeted = true
	t.Cleanup(func() { c.fail(net.ErrClosed) })
	return c, peer
}

// MessageTimeout does not run between messages, but does run inside one.
func TestBetween(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, peer := net.Pipe()
		defer ours.Close()
		limits := Limits{MessageTimeout: 10 * time.Second}
		d := newDeadlineReader(ours, &limits)
		for range 2 {
			d.boundary(true)
			time.AfterFunc(2*limits.MessageTimeout, func() { peer.Write([]byte{0, 0}) })
			for range 2 { // the second byte is inside the message
				if _, err := d.Read(make([]byte, 1)); err != nil {
					t.Error(err)
				}
			}
		}
		_, err := d.Read(make([]byte, 1))
		if err == nil || !strings.Contains(err.Error(), "its message within MessageTimeout, 10s") {
			t.Error(err)
		}
	})
}

// The guard reports a connection that ends inside a message, but not one that
// ends between messages.
func TestCutShort(t *testing.T) {
	t.Parallel()
	rep, addr, reports := serve(t, Limits{})
	go echo(rep)
	s := connect(t, addr, hello, request("x"))
	s.receives(request("x"))
	s.Close()
	for _, part := range []string{"\x01", "\x01\x00", "\x01\x00\x00\x05hel", "\x01\x00\x02\x00\x00"} {
		s := connect(t, addr, hello, part)
		s.Conn.(*net.TCPConn).CloseWrite()
		expect(t, reports, "unexpected EOF", s.LocalAddr().String())
	}
}

// A spy reports each connection that zmq4 accepts.
type spy struct {
	transport.Transport
	conns chan weak.Pointer[conn]
}

type spyListener struct {
	net.Listener
	spy spy
}

func (s spy) Listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := s.Transport.Listen(ctx, addr)
	return spyListener{l, s}, err
}

func (l spyListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.spy.conns <- weak.Make(c.(*conn))
	}
	return c, err
}

// Neither a timer nor zmq4 keeps a connection that has ended.
func TestForgotten(t *testing.T) {
	limits := Limits{MaxConns: 1, MaxMsgSize: 1000, HandshakeTimeout: testPatience,
		MessageTimeout: 20 * time.Millisecond, IdleTimeout: time.Hour, Report: func(error) {}}
	scheme := newScheme()
	s := spy{tcp{transport.New("tcp"), &limits}, make(chan weak.Pointer[conn], 1)}
	if err := zmq4.RegisterTransport(scheme, s); err != nil {
		t.Fatal(err)
	}
	rep := zmq4.NewRep(t.Context())
	defer rep.Close()
	if err := rep.Listen(scheme + "://127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	next := func() weak.Pointer[conn] {
		connect(t, rep.Addr().String(), hello, "\x01\x00").ends()
		return <-s.conns
	}
	c := next()
	for end := time.Now().Add(testPatience); c.Value() != nil; runtime.GC() {
		if time.Now().After(end) {
			t.Fatal("the connection is still there")
		}
		next() // zmq4's slices still hold the last connections
	}
}

// A PING is answered, even while zmq4 does not read.
func TestPing(t *testing.T) {
	t.Parallel()
	rep, addr, _ := serve(t, Limits{})
	var clients []stranger
	for range 30 { // more than fit in zmq4's queue
		clients = append(clients, connect(t, addr, hello, request("x")))
	}
	for i, c := range clients {
		context := strings.Repeat("c", i%17)
		c.send(frame(command, "\x04PING\xff\xff"+context)) // a time to live of almost two hours
		c.receives(frame(command, "\x04PONG"+context))
	}
	go echo(rep)
	for _, c := range clients {
		c.receives(request("x"))
	}
	// Also in the middle of a message.
	c := clients[0]
	c.send(frame(more, ""), frame(more, "a"), frame(command, "\x04PING\x00\x00b"))
	c.receives(frame(command, "\x04PONGb"))
	c.send(frame(command, "\x09SUBSCRIBE"), frame(0, "c"))
	c.receives(frame(more, "a") + frame(0, "c"))
}

// When a PING's time to live is over, the connection ends, unless something
// arrives in time.
func TestTimeToLive(t *testing.T) {
	rep, addr, reports := serve(t, Limits{})
	go echo(rep)
	ping := frame(command, "\x04PING\x00\x01") // a tenth of a second
	silent := connect(t, addr, hello, ping)
	expect(t, reports, "time to live", "100ms", silent.LocalAddr().String())
	silent.ends()

	synctest.Test(t, func(t *testing.T) {
		c, peer := pipe(t, Limits{MessageTimeout: testPatience})
		c.in.next, c.in.ready = c.in.readFrame, true
		go io.Copy(io.Discard, c)
		go io.Copy(io.Discard, peer)
		send := func(text string) {
			if _, err := io.WriteString(peer, text); err != nil {
				t.Fatal(err)
			}
		}
		send(ping)
		time.Sleep(99 * time.Millisecond)
		send(frame(command, "\x04PONG"))
		time.Sleep(time.Hour)
		send(ping)
		time.Sleep(99 * time.Millisecond)
		synctest.Wait()
		if c.ended.Load() {
			t.Fatal(c.fail(nil))
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if !c.ended.Load() {
			t.Error("the connection goes on")
		}
	})
}

// Report may close the socket. While it blocks, others are served.
func TestReport(t *testing.T) {
	t.Parallel()
	var rep zmq4.Socket
	scheme, began, done := newScheme(), make(chan bool), make(chan bool)
	err := Register(scheme, Limits{Report: func(error) {
		began <- true
		<-began
		rep.Close()
		done <- true
	}})
	if err != nil {
		t.Fatal(err)
	}
	rep = zmq4.NewRep(t.Context())
	if err := rep.Listen(scheme + "://127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	go echo(rep)
	bad := connect(t, rep.Addr().String(), hello, request("x"))
	bad.receives(request("x"))
	bad.send(frame(8, "")) // now zmq4 holds the connection
	<-began
	s := connect(t, rep.Addr().String(), hello, request("x"))
	s.receives(request("x"))
	began <- true
	select {
	case <-done:
	case <-time.After(testPatience):
		t.Error("Close does not return")
	}
}

// A reply that was sent just before Close arrives, and Close does not wait forever
// for a reply that is never sent.
func TestLinger(t *testing.T) {
	t.Parallel()
	for range 100 {
		rep, addr, _ := serve(t, Limits{Linger: testPatience})
		s := connect(t, addr, hello, request("x"))
		msg, err := rep.Recv()
		if err != nil {
			t.Fatal(err)
		}
		rep.Send(msg)
		rep.Close()
		s.receives(request("x"))
		s.ends()
	}

	// So does a reply that the client reads slowly.
	rep, addr, _ := serve(t, Limits{Linger: testPatience})
	slow := connect(t, addr, hello, request("x"))
	if _, err := rep.Recv(); err != nil {
		t.Fatal(err)
	}
	rep.Send(zmq4.NewMsg(make([]byte, 16<<20)))
	if _, err := slow.Read(make([]byte, 1)); err != nil { // the reply is being written
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() { closed <- rep.Close() }()
	for { // until the port is free, so that Close is already waiting
		c, err := net.Dial("tcp", addr)
		if err != nil {
			break
		}
		c.Close()
	}
	if _, err := io.CopyN(io.Discard, slow, 16<<20); err != nil {
		t.Error(err)
	}
	<-closed

	rep, addr, _ = serve(t, Limits{Linger: time.Millisecond})
	s := connect(t, addr, hello, request("x"))
	if _, err := rep.Recv(); err != nil {
		t.Fatal(err)
	}
	rep.Close()
	s.ends()
}

// A client's Dial and Recv return when its context ends.
func TestClientContext(t *testing.T) {
	t.Parallel()
	scheme, _ := register(t, Limits{})
	_, addr, _ := serve(t, Limits{})
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()

	ctx, cancel := context.WithCancelCause(t.Context())
	req := zmq4.NewReq(ctx)
	defer req.Close()
	if err := req.Dial(scheme + "://" + addr); err != nil {
		t.Fatal(err)
	}
	if err := req.Send(zmq4.NewMsgString("x")); err != nil {
		t.Fatal(err)
	}
	other := zmq4.NewReq(ctx)
	defer other.Close()
	dialed := make(chan error, 1)
	go func() { dialed <- other.Dial(scheme + "://" + mute.Addr().String()) }()
	c, err := mute.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Read(make([]byte, 1)); err != nil { // the handshake
		t.Fatal(err)
	}

	enough := errors.New("enough")
	cancel(enough)
	if _, err := req.Recv(); !errors.Is(err, enough) {
		t.Errorf("Recv: %v", err)
	}
	if err := <-dialed; !errors.Is(err, enough) {
		t.Errorf("Dial: %v", err)
	}
}

// Dial does not wait forever for a silent server.
func TestClientHandshake(t *testing.T) {
	t.Parallel()
	scheme, _ := register(t, Limits{HandshakeTimeout: 20 * time.Millisecond})
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	req := zmq4.NewReq(t.Context())
	defer req.Close()
	err = req.Dial(scheme + "://" + mute.Addr().String())
	for _, words := range []string{"HandshakeTimeout", mute.Addr().String()} {
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("Dial: %v, which does not say %q", err, words)
		}
	}
}

// A fullListener has no file descriptors left until a connection is closed.
type fullListener struct {
	net.Listener
	mu   sync.Mutex
	open int
}

type counted struct {
	net.Conn
	l *fullListener
}

func (c counted) Close() error {
	c.l.add(-1)
	return c.Conn.Close()
}

func (l *fullListener) add(n int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open += n
	return l.open
}

func (l *fullListener) Accept() (net.Conn, error) {
	if l.add(0) == 3 {
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.add(1)
	return counted{c, l}, nil
}

// Without file descriptors, a peer in the handshake is evicted.
func TestNoFiles(t *testing.T) {
	_, reports := register(t, Limits{})
	limits := Limits{MaxConns: 10, MaxMsgSize: 100, HandshakeTimeout: testPatience, IdleTimeout: testPatience,
		Report: func(err error) { reports <- err }}
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := listen(t.Context(), &fullListener{Listener: in}, &limits)
	defer l.Close()
	for range 20 {
		silent := connect(t, in.Addr().String())
		silent.receives(string(greeting))
	}
	expect(t, reports, syscall.EMFILE.Error())
	connect(t, in.Addr().String(), hello)
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// A brokenListener fails once, after it has accepted a connection.
type brokenListener struct {
	net.Listener
	accepted int
}

func (l *brokenListener) Accept() (net.Conn, error) {
	if l.accepted++; l.accepted == 2 {
		return nil, syscall.ECONNABORTED
	}
	return l.Listener.Accept()
}

// Any other error from Accept does not end a connection.
func TestAcceptError(t *testing.T) {
	reports := make(chan error, 10)
	limits := Limits{MaxConns: 10, MaxMsgSize: 100, HandshakeTimeout: testPatience, IdleTimeout: testPatience,
		Report: func(err error) { reports <- err }}
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := listen(t.Context(), &brokenListener{Listener: in}, &limits)
	defer l.Close()
	s := connect(t, in.Addr().String())
	expect(t, reports, "cannot accept", syscall.ECONNABORTED.Error())
	s.send(hello)
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// The guard supports only the NULL mechanism.
func TestPlain(t *testing.T) {
	t.Parallel()
	_, addr, _ := serve(t, Limits{})
	scheme, _ := register(t, Limits{})
	req := zmq4.NewReq(t.Context(), zmq4.WithSecurity(plain.Security("user", "password")))
	defer req.Close()
	if err := req.Dial(scheme + "://" + addr); err == nil || !strings.Contains(err.Error(), "only the NULL security mechanism") {
		t.Errorf("Dial: %v", err)
	}
}

// A deafDialer never connects.
type deafDialer struct{}

func (deafDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// HandshakeTimeout also limits the time to connect.
func TestUnreachable(t *testing.T) {
	limits := Limits{HandshakeTimeout: time.Millisecond}
	_, err := tcp{transport.New("tcp"), &limits}.Dial(t.Context(), deafDialer{}, "192.0.2.1:5555")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Dial: %v", err)
	}
}

func TestRegister(t *testing.T) {
	if err := Register("guard-negative", Limits{Linger: -1}); err == nil {
		t.Error("a negative limit is taken")
	}
	scheme, _ := register(t, Limits{})
	if err := Register(scheme, Limits{}); err == nil {
		t.Error("a scheme is registered twice")
	}
}
