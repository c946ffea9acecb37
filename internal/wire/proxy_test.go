package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
)

func TestMain(m *testing.M) { lessontest.Main(m) }

// A log notes what a proxy's taps get.
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
	p, err := Listen("tcp://127.0.0.1:0", "tcp://"+server.Addr().String(), l.tap, func(_ int, err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p, server, l
}

// pair connects a client, and returns both ends of its connection.
func pair(t *testing.T, p *Proxy, l net.Listener) (client, server net.Conn) {
	t.Helper()
	client, err := net.Dial("tcp", strings.TrimPrefix(p.Endpoint(), "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	server, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	for _, conn := range []net.Conn{client, server} {
		conn.SetDeadline(time.Now().Add(time.Minute))
	}
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

// Bytes pass both ways, of several connections at once, and each end's tap
// gets them. When one end closes, the other sees it.
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

// A message that was sent before its sender closes still arrives, however long.
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

// Close ends all connections, and is not said to be an end's doing.
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

// A client that is first is served when its server is there.
func TestProxyClientFirst(t *testing.T) {
	endpoint := host.FreeEndpoint()
	l := &log{sent: map[string][]byte{}}
	p, err := Listen("tcp://127.0.0.1:0", endpoint, l.tap, func(_ int, err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	client, err := net.Dial("tcp", strings.TrimPrefix(p.Endpoint(), "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
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

// A client whose server does not come is told so: its connection is closed.
// Close does not wait for that.
func TestProxyNoServer(t *testing.T) {
	for _, closed := range []bool{false, true} {
		t.Run(fmt.Sprint(closed), func(t *testing.T) {
			t.Parallel()
			lost := make(chan error, 1)
			l := &log{sent: map[string][]byte{}}
			p, err := Listen("tcp://127.0.0.1:0", host.FreeEndpoint(), l.tap, func(_ int, err error) { lost <- err })
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			client, err := net.Dial("tcp", strings.TrimPrefix(p.Endpoint(), "tcp://"))
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			client.SetDeadline(time.Now().Add(time.Minute))
			if closed {
				p.Close()
			}
			if _, err := client.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the client reads: %v", err)
			}
			p.Close()
			select {
			case err := <-lost:
				if closed || !strings.HasPrefix(err.Error(), "no server at tcp://127.0.0.1:") {
					t.Error(err)
				}
			default:
				if !closed {
					t.Error("nothing is said of the server")
				}
			}
		})
	}
}

func TestEndpoints(t *testing.T) {
	for _, test := range []struct{ listen, server, want string }{
		{"ipc:///tmp/x", "tcp://127.0.0.1:1", `an endpoint here begins with tcp://, not "ipc:///tmp/x"`},
		{"tcp://127.0.0.1:0", "127.0.0.1:5555", `an endpoint here begins with tcp://, not "127.0.0.1:5555"`},
		{"tcp://127.0.0.1:0", "tcp://127.0.0.1", "tcp://127.0.0.1 is no endpoint: address 127.0.0.1: missing port in address"},
		{"tcp://127.0.0.1:5555", "tcp://127.0.0.1:5555", "a proxy cannot listen where the server does: tcp://127.0.0.1:5555"}, // it would dial itself for ever
		{"tcp://127.0.0.1:99999", "tcp://127.0.0.1:1", "cannot listen at tcp://127.0.0.1:99999: listen tcp: address 99999: invalid port"},
	} {
		if _, err := Listen(test.listen, test.server, nil, nil); err == nil || err.Error() != test.want {
			t.Errorf("Listen(%q, %q): %v, want %s", test.listen, test.server, err, test.want)
		}
	}
	p, err := Listen("tcp://*:0", "tcp://127.0.0.1:1", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
}
