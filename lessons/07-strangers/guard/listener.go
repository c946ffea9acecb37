package guard

import (
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"time"
)

// A listener shakes hands with many peers at once, and gives zmq4 those that
// have done so. It knows its connections, so as to end one if there are too
// many.
type listener struct {
	net.Listener
	ctx       context.Context // the socket's
	limits    *Limits
	ready     chan *conn
	closeAll  func()
	lingerEnd func() time.Time // the same for all connections

	mu    sync.Mutex
	conns map[*conn]bool // with their served, owed, quiet and idle
}

func listen(ctx context.Context, in net.Listener, limits *Limits) *listener {
	l := &listener{Listener: in, ctx: ctx, limits: limits, ready: make(chan *conn), conns: make(map[*conn]bool)}
	l.lingerEnd = sync.OnceValue(func() time.Time { return time.Now().Add(limits.Linger) })
	l.closeAll = sync.OnceFunc(l.close)
	context.AfterFunc(ctx, l.closeAll)
	go l.acceptAll()
	return l
}

// acceptAll gives each peer a goroutine, so that nobody waits for a peer that
// says nothing.
func (l *listener) acceptAll() {
	for {
		raw, err := l.Listener.Accept()
		if err == nil {
			go l.welcome(newConn(raw, l.limits, l))
			continue
		}
		if l.ctx.Err() != nil {
			return
		}
		// There are no file descriptors left. Get one back, and do not spin.
		if !l.giveWay(err) {
			l.limits.Report(fmt.Errorf("guard: cannot accept: %w", err))
			select {
			case <-time.After(50 * time.Millisecond):
			case <-l.ctx.Done():
			}
		}
	}
}

// welcome shakes hands with a peer, and gives it to zmq4.
func (l *listener) welcome(c *conn) {
	err := l.admit(c, false)
	if err == nil {
		err = c.greet()
	}
	for err == nil && !c.in.ready {
		err = c.in.advance()
	}
	if err == nil {
		err = l.admit(c, true)
	}
	if err == nil {
		select {
		case l.ready <- c:
			return
		case <-l.ctx.Done():
			err = net.ErrClosed
		}
	}
	c.fail(err)
}

// Accept returns the next peer that has shaken hands.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.ready:
		return c, nil
	case <-l.ctx.Done():
		return nil, net.ErrClosed
	}
}

// admit takes in a connection, first to shake hands, then to be served. If
// there are MaxConns already, another one gives way.
func (l *listener) admit(c *conn, served bool) error {
	l.mu.Lock()
	if l.ctx.Err() != nil || served && !l.conns[c] { // it has been ended meanwhile
		l.mu.Unlock()
		return net.ErrClosed
	}
	n, last := l.quietest(served)
	full := n >= l.limits.MaxConns
	if full && last == nil {
		l.mu.Unlock()
		return fmt.Errorf("was refused: all of MaxConns, %d, are owed a reply", n)
	}
	l.conns[c], c.served, c.quiet = true, served, time.Now()
	if served {
		c.idle = time.AfterFunc(l.limits.IdleTimeout, c.endIdle)
	}
	l.mu.Unlock()
	if full {
		last.fail(fmt.Errorf("gave way to another peer: MaxConns is %d", n))
	}
	return nil
}

// giveWay ends one connection, preferably one that has not shaken hands.
func (l *listener) giveWay(why error) bool {
	l.mu.Lock()
	_, last := l.quietest(false)
	if last == nil {
		_, last = l.quietest(true)
	}
	l.mu.Unlock()
	if last != nil {
		last.fail(fmt.Errorf("gave way to another peer: %w", why))
	}
	return last != nil
}

// quietest counts the connections that are being served, or those that still
// shake hands. It returns the one of them that has been quiet for longest and
// is owed nothing, or nil.
func (l *listener) quietest(served bool) (n int, last *conn) {
	for c := range l.conns {
		if c.served == served {
			n++
			if c.owed == 0 && (last == nil || c.quiet.Before(last.quiet)) {
				last = c
			}
		}
	}
	return n, last
}

// owe notes a request of a connection, with 1, or the reply to it, with -1.
func (l *listener) owe(c *conn, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.owed, c.quiet = max(c.owed+n, 0), time.Now()
	c.idle.Reset(l.limits.IdleTimeout)
}

func (l *listener) owes(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conns[c] && c.owed > 0
}

func (l *listener) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
	if c.idle != nil {
		c.idle.Stop()
	}
}

// Close frees the port and ends all connections. It may wait for replies.
func (l *listener) Close() error {
	l.closeAll()
	return nil
}

func (l *listener) close() {
	l.Listener.Close()
	l.mu.Lock()
	conns := slices.Collect(maps.Keys(l.conns))
	l.mu.Unlock()
	for _, c := range conns {
		c.Close()
	}
}
