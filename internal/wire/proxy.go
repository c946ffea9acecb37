package wire

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// patience is how long a client's connection waits for its server.
const patience = 5 * time.Second

// An End is one end of a connection. The client is the one that connects,
// whichever socket that is.
type End string

const (
	Client End = "client"
	Server End = "server"
)

// A Tap returns a writer for what one end of a connection sends, which the
// proxy then writes to before it passes it on. Connections are numbered from 1.
// The writer is closed if it is that end which closes the connection.
type Tap func(connection int, from End) io.WriteCloser

// A Proxy stands between clients and their server, and passes on every byte
// unchanged. When one end closes its connection, the proxy closes the other.
type Proxy struct {
	listener net.Listener
	server   string
	tap      Tap

	ctx         context.Context
	cancel      context.CancelFunc
	connections sync.WaitGroup // and the goroutine that accepts them
}

// Listen opens a proxy at one endpoint, for a server at another, both tcp://.
//
// A client's connection is accepted before the server is there, and zmq4 then
// waits for ever. So the proxy tries for 5 seconds to connect to the server, as
// the lessons' clients would. Then it closes the client's connection and calls
// lost.
func Listen(endpoint, server string, tap Tap, lost func(connection int, err error)) (*Proxy, error) {
	listen, err := address(endpoint)
	if err != nil {
		return nil, err
	}
	p := &Proxy{tap: tap}
	if p.server, err = address(server); err != nil {
		return nil, err
	}
	if listen == p.server {
		return nil, fmt.Errorf("a proxy cannot listen where the server does: %s", endpoint)
	}
	if p.listener, err = net.Listen("tcp", listen); err != nil {
		return nil, fmt.Errorf("cannot listen at %s: %w", endpoint, err)
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.connections.Go(func() {
		for n := 1; ; n++ {
			client, err := p.listener.Accept()
			if err != nil {
				return // Wait or Close
			}
			p.connections.Go(func() {
				if err := p.pass(client, n); err != nil {
					lost(n, fmt.Errorf("no server at %s: %w", server, err))
				}
			})
		}
	})
	return p, nil
}

func address(endpoint string) (string, error) {
	address, ok := strings.CutPrefix(endpoint, "tcp://")
	if !ok {
		return "", fmt.Errorf("an endpoint here begins with tcp://, not %q", endpoint)
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return "", fmt.Errorf("%s is no endpoint: %w", endpoint, err)
	}
	return strings.TrimPrefix(address, "*"), nil // tcp://*:5555 is every interface
}

// Endpoint returns where the proxy listens.
func (p *Proxy) Endpoint() string { return "tcp://" + p.listener.Addr().String() }

// Wait takes no new connections, and returns when those there are have ended.
func (p *Proxy) Wait() {
	p.listener.Close()
	p.connections.Wait()
}

// Close ends all connections.
func (p *Proxy) Close() {
	p.cancel()
	p.Wait()
}

// pass serves one client, and fails if there is no server.
func (p *Proxy) pass(client net.Conn, n int) error {
	defer client.Close()
	server, err := p.dial()
	if p.ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	defer server.Close()

	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		client.Close()
		server.Close()
	})
	defer stop()
	var mu sync.Mutex
	one := func(to, from net.Conn, end End) {
		tap := p.tap(n, end)
		io.Copy(to, io.TeeReader(from, tap))
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() == nil { // the other end is still there, so this one has ended
			tap.Close()
		}
		cancel()
	}
	var both sync.WaitGroup
	both.Go(func() { one(server, client, Client) })
	both.Go(func() { one(client, server, Server) })
	both.Wait()
	return nil
}

func (p *Proxy) dial() (net.Conn, error) {
	var dialer net.Dialer
	for deadline := time.Now().Add(patience); ; {
		conn, err := dialer.DialContext(p.ctx, "tcp", p.server)
		if err == nil || time.Now().After(deadline) {
			return conn, err
		}
		select {
		case <-p.ctx.Done():
			return nil, err
		case <-time.After(50 * time.Millisecond):
		}
	}
}
