package guard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"
)

// A listener shakes hands with many peers at once, and hands zmq4 those that
// have done so. It knows all of its connections, to end some when there are
// too many.
type listener struct {
	net.Listener
	ctx      context.Context // the socket's
	limits   *Limits
	ready    chan *conn
	deadline func() time.Time // for replies, once the socket closes
	shutdown func()

	mu    sync.Mutex
	conns map[*conn]bool // with their fields served, owed and quiet
}

func listen(ctx context.Context, in net.Listener, limits *Limits) *listener {
	l := &listener{
		Listener: in,
		ctx:      ctx,
		limits:   limits,
		ready:    make(chan *conn),
		conns:    make(map[*conn]bool),
	}
	l.deadline = sync.OnceValue(func() time.Time { return time.Now().Add(limits.Linger) })
	l.shutdown = sync.OnceFunc(l.closeAll)
	context.AfterFunc(ctx, l.shutdown)
	go l.acceptAll()
	go l.endIdle()
	return l
}

// acceptAll gives each new peer a goroutine, so that nobody waits for a peer
// that says nothing.
func (l *listener) acceptAll() {
	for {
		raw, err := l.Listener.Accept()
		switch {
		case l.ctx.Err() != nil:
			if err == nil {
				raw.Close()
			}
			return
		case err == nil:
			go l.welcome(newConn(raw, l.limits, l))
		case (errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)) && l.giveWay(err):
			// One file descriptor is free again.
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
	err := l.admit(c, false)
	if err == nil {
		err = c.greet()
	}
	if err == nil {
		err = c.in.shakeHands()
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
// there are MaxConns already, another one gives way.
func (l *listener) admit(c *conn, served bool) error {
	l.mu.Lock()
	if served && !l.conns[c] { // it has just given way itself
		l.mu.Unlock()
		return net.ErrClosed
	}
	n, last := l.quietest(served)
	full := n >= l.limits.MaxConns
	if !full || last != nil {
		l.conns[c], c.served, c.quiet = true, served, time.Now()
	}
	l.mu.Unlock()

	if full && last == nil {
		return fmt.Errorf("refused: all of MaxConns, %d, are owed a reply", n)
	}
	if full {
		last.fail(fmt.Errorf("gave way to another peer: MaxConns is %d", n))
	}
	return nil
}

// giveWay ends one connection because there are no file descriptors left.
func (l *listener) giveWay(err error) bool {
	l.mu.Lock()
	_, last := l.quietest(false)
	if last == nil {
		_, last = l.quietest(true)
	}
	l.mu.Unlock()
	if last == nil {
		return false
	}
	last.fail(fmt.Errorf("gave way to another peer: %w", err))
	return true
}

// endIdle ends the connections that have been quiet for too long.
func (l *listener) endIdle() {
	tick := time.NewTicker(max(l.limits.IdleTimeout/4, time.Millisecond))
	defer tick.Stop()
	for {
		l.mu.Lock()
		_, last := l.quietest(true)
		idle := last != nil && time.Since(last.quiet) > l.limits.IdleTimeout
		l.mu.Unlock()
		if idle {
			last.fail(fmt.Errorf("asked nothing for IdleTimeout, %v", l.limits.IdleTimeout))
			continue
		}
		select {
		case <-tick.C:
		case <-l.ctx.Done():
			return
		}
	}
}

// quietest counts the connections that are being served, or those that are
// still shaking hands. It returns the one of them that has been quiet for
// longest and is owed nothing, or nil.
func (l *listener) quietest(served bool) (n int, last *conn) {
	for c := range l.conns {
		if c.served != served {
			continue
		}
		n++
		if c.owed == 0 && (last == nil || c.quiet.Before(last.quiet)) {
			last = c
		}
	}
	return n, last
}

// owe notes a request of a connection, with 1, or the reply to it, with -1.
func (l *listener) owe(c *conn, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.owed, c.quiet = max(c.owed+n, 0), time.Now()
}

func (l *listener) owes(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return c.owed > 0
}

func (l *listener) gone(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.conns[c]
}

func (l *listener) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
}

// Close frees the port and ends all connections. It may wait for replies.
func (l *listener) Close() error {
	l.shutdown()
	return nil
}

func (l *listener) closeAll() {
	l.Listener.Close()
	l.mu.Lock()
	var conns []*conn
	for c := range l.conns {
		conns = append(conns, c)
	}
	l.mu.Unlock()
	for _, c := range conns {
		c.Close()
	}
}
