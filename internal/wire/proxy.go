package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// An End is one end of a connection. The client is the one that connects,
// whatever its socket type.
type End string

const (
	Client End = "client"
	Server End = "server"
)

// A Proxy passes on every byte between clients and their server, unchanged.
// When one end closes its connection, the proxy closes the other. Set its
// fields before [Proxy.Listen].
type Proxy struct {
	// Tap returns a writer for what one end of a connection sends. The proxy
	// writes all bytes to it before it passes them on, and closes it if that end
	// closed the connection first. Connections are numbered from 1.
	Tap func(connection int, from End) io.WriteCloser

	// Failed is called when a connection cannot be accepted or has no server.
	Failed func(connection int, err error)

	// Patience is how long a client's connection waits for its server.
	Patience time.Duration

	scheme   string // of the endpoint that clients connect to
	server   string // the server's endpoint
	address  string // the server's address
	listener net.Listener

	ctx         context.Context
	cancel      context.CancelFunc
	connections sync.WaitGroup // includes the goroutine that accepts them
}

var errItself = errors.New("that is where the proxy itself listens")

// Listen accepts connections at one endpoint for a server at another. An endpoint
// begins with tcp:// or, as in lesson 07, guard://, which also uses TCP.
//
// The proxy accepts a client's connection before it knows whether the server is
// up, and zmq4 would then wait forever. So the proxy tries to connect to the
// server for the duration Patience, and then closes the client's connection.
func (p *Proxy) Listen(endpoint, server string) error {
	scheme, at, err := split(endpoint)
	if err != nil {
		return err
	}
	if _, p.address, err = split(server); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", at)
	if err != nil {
		return fmt.Errorf("cannot listen at %s: %w", endpoint, err)
	}
	p.scheme, p.server, p.listener = scheme, server, listener
	if p.isItself(p.address) {
		listener.Close()
		return fmt.Errorf("cannot connect to a server at %s: %w", server, errItself)
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.connections.Go(p.accept)
	return nil
}

// split returns the parts of an endpoint. A * means all interfaces.
func split(endpoint string) (scheme, address string, err error) {
	scheme, address, _ = strings.Cut(endpoint, "://")
	if scheme != "tcp" && scheme != "guard" {
		return "", "", fmt.Errorf("an endpoint here begins with tcp:// or guard://, not %q", endpoint)
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return "", "", fmt.Errorf("%s is not an endpoint: %w", endpoint, err)
	}
	return scheme, strings.TrimPrefix(address, "*"), nil
}

// Endpoint returns the endpoint for clients.
func (p *Proxy) Endpoint() string { return p.scheme + "://" + p.listener.Addr().String() }

// Wait stops accepting connections, and returns when all connections are closed.
func (p *Proxy) Wait() {
	p.listener.Close()
	p.connections.Wait()
}

// Close closes all connections.
func (p *Proxy) Close() {
	p.cancel()
	p.Wait()
}

// accept accepts connections until the listener is closed. After any other error,
// such as too many open files, it tries again.
func (p *Proxy) accept() {
	pause := time.Duration(0)
	for n := 1; ; {
		client, err := p.listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			p.Failed(n, err)
			pause = min(2*pause+5*time.Millisecond, time.Second)
			select {
			case <-time.After(pause):
			case <-p.ctx.Done():
			}
			continue
		}
		pause = 0
		connection := n
		n++
		p.connections.Go(func() {
			defer client.Close()
			server, err := p.dial()
			switch {
			case p.ctx.Err() != nil:
			case err != nil:
				p.Failed(connection, fmt.Errorf("no server at %s: %w", p.server, err))
			default:
				p.pass(client, server, connection)
			}
			if server != nil {
				server.Close()
			}
		})
	}
}

// dial connects to the server. A name may have several addresses, so only the
// dialer can check that it does not connect to the proxy itself.
func (p *Proxy) dial() (net.Conn, error) {
	dialer := net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		if p.isItself(address) {
			return errItself
		}
		return nil
	}}
	for deadline := time.Now().Add(p.Patience); ; {
		conn, err := dialer.DialContext(p.ctx, "tcp", p.address)
		if err == nil || errors.Is(err, errItself) || time.Now().After(deadline) {
			return conn, err
		}
		select {
		case <-p.ctx.Done():
			return nil, err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// isItself reports whether the proxy listens on every address that this one
// resolves to. In that case it would connect to itself forever.
func (p *Proxy) isItself(address string) bool {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	at := p.listener.Addr().(*net.TCPAddr)
	if number, err := net.LookupPort("tcp", port); err != nil || number != at.Port {
		return false
	}
	ips := []net.IP{net.IPv4zero} // no host: this computer
	if host != "" {
		if ips, err = net.LookupIP(host); err != nil {
			return false // connecting will report it
		}
	}
	return !slices.ContainsFunc(ips, func(ip net.IP) bool {
		return !at.IP.Equal(ip) && !(at.IP.IsUnspecified() && isLocal(ip)) && !ip.IsUnspecified()
	})
}

// isLocal reports whether this computer has the address.
func isLocal(ip net.IP) bool {
	own, _ := net.InterfaceAddrs()
	return ip.IsLoopback() || slices.ContainsFunc(own, func(a net.Addr) bool {
		n, ok := a.(*net.IPNet)
		return ok && n.IP.Equal(ip)
	})
}

// pass passes on what two ends send each other until one of them closes its
// connection.
func (p *Proxy) pass(client, server net.Conn, n int) {
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		client.Close()
		server.Close()
	})
	defer stop()
	var mu sync.Mutex
	one := func(to, from net.Conn, end End) {
		tap := p.Tap(n, end)
		in := &source{Reader: from}
		io.Copy(to, io.TeeReader(in, tap))
		if in.err == nil {
			return // writing failed: the other direction reports who closed the connection
		}
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() == nil {
			tap.Close()
		}
		cancel()
	}
	var both sync.WaitGroup
	both.Go(func() { one(server, client, Client) })
	both.Go(func() { one(client, server, Server) })
	both.Wait()
}

// A source keeps the error that ended reading, which may be io.EOF.
type source struct {
	io.Reader
	err error
}

func (s *source) Read(p []byte) (n int, err error) {
	n, err = s.Reader.Read(p)
	s.err = err
	return n, err
}
