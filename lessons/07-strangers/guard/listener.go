package guard

import (
	"context"
	"fmt"
	"maps"
	"net"
	"sync"
	"time"
)

// A listener shakes hands with many peers at once, and gives zmq4 those that
// have done so. It knows its connections, to end one if there are too many.
type listener struct {
	net.Listener
	ctx      context.Context // the socket's
	limits   *Limits
	ready    chan *conn
	closeAll func()

	mu    sync.Mutex
	conns map[*conn]bool // each with its served, owed, quiet and idle
}

func listen(ctx context.Context, in net.Listener, limits *Limits) *listener {
	l := &listener{Listener: in, ctx: ctx, limits: limits, ready: make(chan *conn), conns: map[*conn]bool{}}
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
		switch {
		case err == nil:
			c := newConn(raw, l.limits, l)
			if err := l.admit(c, false); err != nil {
				c.fail(err)
				continue
			}
			go l.welcome(c)
		case l.ctx.Err() != nil:
			return
		case l.giveWay(err): // there were no file descriptors left, now there is one
		default:
			l.limits.Report(fmt.Errorf("guard: cannot accept: %w", err))
			select {
			case <-time.After(50 * time.Millisecond): // do not spin
			case <-l.ctx.Done():
			}
		}
	}
}

// welcome shakes hands with a peer, and gives it to zmq4.
func (l *listener) welcome(c *conn) {
	_, err := c.Conn.Write(greeting) // so short a write never waits
	for err == nil && !c.in.ready {
		err = c.in.next()
	}
	if err == nil {
		err = l.admit(c, true)
	}
	if err != nil {
		c.fail(err)
		return
	}
	select {
	case l.ready <- c:
	case <-l.ctx.Done():
		c.fail(net.ErrClosed)
	}
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
// there are MaxConns of its kind, another one gives way.
func (l *listener) admit(c *conn, served bool) error {
	l.mu.Lock()
	n, last := l.quietest(served)
	full := n >= l.limits.MaxConns
	switch {
	case l.ctx.Err() != nil, served && !l.conns[c]: // it has been ended meanwhile
		l.mu.Unlock()
		return net.ErrClosed
	case full && last == nil:
		l.mu.Unlock()
		return fmt.Errorf("was refused: all of MaxConns, %d, are owed a reply", n)
	}
	if full {
		delete(l.conns, last) // so that nobody else takes its place
	}
	l.conns[c], c.served = true, served
	c.idle.Reset(l.limits.IdleTimeout)
	l.mu.Unlock()
	if full {
		last.fail(fmt.Errorf("gave way to another peer: MaxConns is %d", n))
	}
	return nil
}

// giveWay ends one connection.
func (l *listener) giveWay(why error) bool {
	l.mu.Lock()
	_, last := l.quietest(true)
	if _, c := l.quietest(false); c != nil && c.before(last) {
		last = c
	}
	delete(l.conns, last)
	l.mu.Unlock()
	if last != nil {
		last.fail(fmt.Errorf("gave way to another peer: %w", why))
	}
	return last != nil
}

// quietest counts the connections that are served, or those that are not yet.
// It returns the one that gives way before all others, or nil if all are owed
// a reply.
func (l *listener) quietest(served bool) (n int, last *conn) {
	for c := range l.conns {
		if c.served != served {
			continue
		}
		n++
		if c.owed == 0 && c.before(last) {
			last = c
		}
	}
	return n, last
}

// before reports whether c gives way before another connection: who has never
// had a reply before who has, since a crowd must not push out a client between
// two requests, and then who has been quiet for longer.
func (c *conn) before(other *conn) bool {
	if other == nil || c.known != other.known {
		return other == nil || other.known
	}
	return c.quiet.Before(other.quiet)
}

// owe notes a request of a connection, with 1, or the reply to it, with -1.
func (l *listener) owe(c *conn, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conns[c] {
		c.owed, c.quiet = max(c.owed+n, 0), time.Now()
		c.known = c.known || n < 0
		c.idle.Reset(l.limits.IdleTimeout)
	}
}

// endIdle ends a connection that has been quiet for too long.
func (l *listener) endIdle(c *conn) {
	l.mu.Lock()
	idle := c.owed == 0
	l.mu.Unlock()
	if idle {
		c.fail(fmt.Errorf("asked nothing for IdleTimeout, %v", l.limits.IdleTimeout))
	}
}

func (l *listener) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
	c.idle.Stop()
}

// Close frees the port, and ends all connections.
func (l *listener) Close() error {
	l.closeAll()
	return nil
}

// close first waits, though not for ever, for replies that zmq4 still holds:
// its REP hands each to a goroutine, and does not wait for that itself.
func (l *listener) close() {
	l.Listener.Close()
	for end := time.Now().Add(l.limits.Linger); l.busy() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	l.mu.Lock()
	conns := maps.Clone(l.conns)
	l.mu.Unlock()
	for c := range conns {
		c.fail(net.ErrClosed)
	}
}

// busy reports whether a reply is owed or on its way.
func (l *listener) busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.conns {
		if c.owed > 0 || c.unsent.Load() > 0 {
			return true
		}
	}
	return false
}
