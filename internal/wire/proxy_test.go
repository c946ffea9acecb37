package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
)

func TestMain(m *testing.M) { lessontest.Main(m) }

// A log records what a proxy's taps receive.
type log struct {
	mu    sync.Mutex
	sent  map[string][]byte // by the end, such as client 1
	ended []string
}

func (l *log) tap(connection int, from End) io.WriteCloser {
	return &logged{l, fmt.Sprintf("%s %d", from, connection)}
}

type logged struct {
	log *log
	end string
}

func (l *logged) Write(p []byte) (int, error) {
	l.log.mu.Lock()
	defer l.log.mu.Unlock()
	l.log.sent[l.end] = append(l.log.sent[l.end], p...)
	return len(p), nil
}

func (l *logged) Close() error {
	l.log.mu.Lock()
	defer l.log.mu.Unlock()
	l.log.ended = append(l.log.ended, l.end)
	return nil
}

// proxied returns a proxy in front of a listener.
func proxied(t *testing.T) (*Proxy, net.Listener, *log) {
	t.Helper()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	server.(*net.TCPListener).SetDeadline(time.Now().Add(time.Minute))
	l := &log{sent: map[string][]byte{}}
	return open(t, "tcp://"+server.Addr().String(), l), server, l
}

// open opens a proxy that must not fail.
func open(t *testing.T, server string, l *log) *Proxy {
	t.Helper()
	p := &Proxy{Tap: l.tap, Failed: func(_ int, err error) { t.Error(err) }, Patience: time.Minute}
	if err := p.Listen("tcp://127.0.0.1:0", server); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func dial(t *testing.T, p *Proxy) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", p.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(time.Minute))
	return conn
}

// pair connects a client and returns both ends of its connection.
func pair(t *testing.T, p *Proxy, l net.Listener) (client, server net.Conn) {
	t.Helper()
	client = dial(t, p)
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	server.SetDeadline(time.Now().Add(time.Minute))
	return client, server
}

// passes checks that what is sent arrives.
func passes(t *testing.T, from, to net.Conn, text string) {
	t.Helper()
	if _, err := from.Write([]byte(text)); err != nil {
		t.Error(err)
	}
	got := make([]byte, len(text))
	if _, err := io.ReadFull(to, got); err != nil || string(got) != text {
		t.Errorf("got %q, %v, want %q", got, err, text)
	}
}

// Bytes pass in both directions of several connections at once, and each end's
// tap receives them. When one end closes its connection, the other end's closes.
func TestProxy(t *testing.T) {
	for _, first := range []End{Client, Server} {
		t.Run(string(first), func(t *testing.T) {
			p, l, log := proxied(t)
			client1, server1 := pair(t, p, l)
			client2, server2 := pair(t, p, l)
			passes(t, client1, server1, "from 1")
			passes(t, client2, server2, "from 2")
			passes(t, server2, client2, "to 2")
			passes(t, server1, client1, "to 1")

			closes, sees := client1, server1
			if first == Server {
				closes, sees = server1, client1
			}
			closes.Close()
			if n, err := sees.Read(make([]byte, 1)); err != io.EOF {
				t.Errorf("the other end reads %d, %v, want EOF", n, err)
			}
			passes(t, client2, server2, ", again")
			client2.Close()
			p.Wait()
			for end, want := range map[string]string{
				"client 1": "from 1", "server 1": "to 1", "client 2": "from 2, again", "server 2": "to 2",
			} {
				if got := string(log.sent[end]); got != want {
					t.Errorf("%s has sent %q, want %q", end, got, want)
				}
			}
			if got, want := fmt.Sprint(log.ended), fmt.Sprintf("[%s 1 client 2]", first); got != want {
				t.Errorf("%s have closed, want %s", got, want)
			}
		})
	}
}

// A message that was sent before its sender closed still arrives, even a long one.
func TestProxyLast(t *testing.T) {
	p, l, _ := proxied(t)
	client, server := pair(t, p, l)
	const size = 10 << 20
	go func() {
		client.Write(make([]byte, size))
		client.Close()
	}()
	if n, err := io.Copy(io.Discard, server); n != size || err != nil {
		t.Errorf("got %d bytes, %v, want %d", n, err, size)
	}
}

// Close closes all connections, and reports none of them as closed by an end.
func TestProxyClose(t *testing.T) {
	p, l, log := proxied(t)
	client, server := pair(t, p, l)
	passes(t, client, server, "hello")
	p.Close()
	for _, conn := range []net.Conn{client, server} {
		if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("got %v, want EOF", err)
		}
	}
	if len(log.ended) != 0 {
		t.Errorf("%v have closed", log.ended)
	}
	if conn, err := net.Dial("tcp", strings.TrimPrefix(p.Endpoint(), "tcp://")); err == nil {
		conn.Close()
		t.Error("a closed proxy takes connections")
	}
}

// A client that starts before its server is served when the server is up.
func TestProxyClientFirst(t *testing.T) {
	endpoint := host.FreeEndpoint()
	client := dial(t, open(t, endpoint, &log{sent: map[string][]byte{}}))
	listener, err := net.Listen("tcp", strings.TrimPrefix(endpoint, "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	listener.(*net.TCPListener).SetDeadline(time.Now().Add(time.Minute))
	server, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	passes(t, client, server, "hello")
}

// If the server does not start in time, the client's connection is closed. Close
// does not wait for that.
func TestProxyNoServer(t *testing.T) {
	for _, patience := range []time.Duration{0, time.Hour} {
		t.Run(fmt.Sprint(patience), func(t *testing.T) {
			failed := make(chan error, 1)
			p := &Proxy{Patience: patience, Failed: func(_ int, err error) { failed <- err }}
			server := host.FreeEndpoint()
			if err := p.Listen("tcp://127.0.0.1:0", server); err != nil {
				t.Fatal(err)
			}
			client := dial(t, p)
			if patience > 0 {
				p.Close()
			}
			if _, err := client.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the client reads: %v", err)
			}
			p.Close()
			select {
			case err := <-failed:
				if patience > 0 || !strings.HasPrefix(err.Error(), "no server at "+server+": ") {
					t.Error(err)
				}
			default:
				if patience == 0 {
					t.Error("nothing is said of the server")
				}
			}
		})
	}
}

// If a connection breaks while the proxy writes to it, the other end is not
// reported to have closed it, and what was sent before still arrives.
func TestProxyReset(t *testing.T) {
	for _, test := range []struct {
		name  string
		order func(broken, other net.Conn) (client, server net.Conn)
		want  string
	}{
		{"server", func(broken, other net.Conn) (client, server net.Conn) { return other, broken }, "[server 1]"},
		{"client", func(broken, other net.Conn) (client, server net.Conn) { return broken, other }, "[client 1]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			otherEnd, other := net.Pipe()
			brokenEnd, broken := net.Pipe()
			l := &log{sent: map[string][]byte{}}
			p := &Proxy{Tap: l.tap, ctx: t.Context()}
			done := make(chan bool)
			go func() {
				client, server := test.order(unwritable{broken}, other)
				p.pass(client, server, 1)
				close(done)
			}()
			if _, err := otherEnd.Write([]byte("to nobody")); err != nil {
				t.Error(err)
			}
			passes(t, brokenEnd, otherEnd, "the last words")
			brokenEnd.Close()
			<-done
			if got := fmt.Sprint(l.ended); got != test.want {
				t.Errorf("%s ended the connection, want %s", got, test.want)
			}
		})
	}
}

// unwritable is a connection that the other end reset.
type unwritable struct{ net.Conn }

func (unwritable) Write([]byte) (int, error) { return 0, syscall.EPIPE }

// An error in Accept is reported, and the next connection is accepted.
func TestProxyAccept(t *testing.T) {
	p, server, l := proxied(t)
	p.Close()

	failed := make(chan error, 1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	again := &Proxy{Tap: l.tap, Failed: func(_ int, err error) { failed <- err }, address: p.address,
		listener: &flaky{Listener: listener, err: syscall.EMFILE}}
	again.ctx, again.cancel = context.WithCancel(t.Context())
	again.connections.Go(again.accept)
	defer again.Close()
	from, to := pair(t, again, server)
	passes(t, from, to, "hello")
	if err := <-failed; err != syscall.EMFILE {
		t.Error(err)
	}
}

// flaky is a listener whose first Accept fails.
type flaky struct {
	net.Listener
	err error
}

func (f *flaky) Accept() (net.Conn, error) {
	if err := f.err; err != nil {
		f.err = nil
		return nil, err
	}
	return f.Listener.Accept()
}

func TestEndpoints(t *testing.T) {
	for _, test := range []struct{ listen, server, want string }{
		{"ipc:///tmp/x", "tcp://127.0.0.1:1", `an endpoint here begins with tcp:// or guard://, not "ipc:///tmp/x"`},
		{"tcp://127.0.0.1:0", "127.0.0.1:5555", `an endpoint here begins with tcp:// or guard://, not "127.0.0.1:5555"`},
		{"tcp://127.0.0.1:0", "tcp://127.0.0.1", "tcp://127.0.0.1 is not an endpoint: address 127.0.0.1: missing port in address"},
		{"tcp://127.0.0.1:99999", "tcp://127.0.0.1:1", "cannot listen at tcp://127.0.0.1:99999: listen tcp: address 99999: invalid port"},
	} {
		if err := new(Proxy).Listen(test.listen, test.server); err == nil || err.Error() != test.want {
			t.Errorf("Listen(%q, %q): %v, want %s", test.listen, test.server, err, test.want)
		}
	}
	for listen, want := range map[string]string{"tcp://*:0": "tcp://[::]:", "guard://127.0.0.1:0": "guard://127.0.0.1:"} {
		p := new(Proxy)
		if err := p.Listen(listen, "guard://127.0.0.1:1"); err != nil {
			t.Fatal(err)
		}
		if got := p.Endpoint(); !strings.HasPrefix(got, want) {
			t.Errorf("%s is at %s, want %s", listen, got, want)
		}
		p.Close()
	}
}

// A proxy does not connect to itself, by whatever name.
func TestItself(t *testing.T) {
	own := "127.0.0.2" // an address of this computer other than 127.0.0.1
	if addresses, err := net.InterfaceAddrs(); err == nil {
		for _, a := range addresses {
			if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
				own = n.IP.String()
			}
		}
	}
	for _, test := range []struct {
		listen, server string
		want           bool
	}{
		{"127.0.0.1", "127.0.0.1", true},
		{"127.0.0.1", "localhost", true},
		{"127.0.0.1", "*", true},
		{"127.0.0.1", "0.0.0.0", true},
		{"127.0.0.1", "[::ffff:127.0.0.1]", true},
		{"127.0.0.1", "192.0.2.1", false},
		{"*", "127.0.0.1", true},
		{"*", "127.0.0.2", true},
		{"*", "localhost", true},
		{"*", "[::1]", true},
		{"*", own, true},
		{"*", "192.0.2.1", false},
	} {
		endpoint := host.FreeEndpoint()
		port := endpoint[strings.LastIndex(endpoint, ":"):]
		p := new(Proxy)
		err := p.Listen("tcp://"+test.listen+port, "tcp://"+test.server+port)
		if errors.Is(err, errItself) != test.want || !test.want && err != nil {
			t.Errorf("a proxy at %s for a server at %s: %v", test.listen, test.server, err)
		}
		if err == nil {
			// The name of the server may resolve to a different address later.
			p.address = strings.Replace(test.listen, "*", "", 1) + port
			if _, err := p.dial(); !errors.Is(err, errItself) {
				t.Errorf("at %s, dial: %v", test.listen, err)
			}
			p.Close()
		}
	}
}
