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

// A listener reads the handshakes of many peers at the same time, and passes those
// that get a slot to zmq4.
type listener struct {
	net.Listener
	ctx      context.Context // the socket's
	limits   *Limits
	peers    *peers
	ready    chan *conn
	closeAll func()
}

func listen(ctx context.Context, in net.Listener, limits *Limits) *listener {
	l := &listener{Listener: in, ctx: ctx, limits: limits, peers: newPeers(limits), ready: make(chan *conn)}
	l.closeAll = sync.OnceFunc(l.close)
	context.AfterFunc(ctx, l.closeAll)
	go l.acceptAll()
	return l
}

// acceptAll gives each peer its own goroutine, so that a silent peer does not
// block the others.
func (l *listener) acceptAll() {
	for {
		raw, err := l.Listener.Accept()
		switch {
		case err == nil:
			c := newConn(raw, l.limits, "REQ", "DEALER")
			p := l.peers.add(c)
			c.events.close = l.closeIfDone
			go l.handshake(c, p)
		case l.ctx.Err() != nil:
			return
		case (errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)) && l.peers.evictOne(err):
			// Now there is a file descriptor for the next one.
		default:
			l.limits.Report(&Error{Err: fmt.Errorf("cannot accept: %w", err)})
			select {
			case <-time.After(50 * time.Millisecond): // do not spin
			case <-l.ctx.Done():
			}
		}
	}
}

// handshake reads a peer's handshake, waits until it gets a slot, and passes it
// to zmq4, which then sends our READY. A peer sends its first request only after
// that, so a waiting peer loses nothing if it is disconnected.
func (l *listener) handshake(c *conn, p *peer) {
	_, err := c.Conn.Write(greeting) // too short to block
	if err == nil {
		err = c.in.handshake()
	}
	if err == nil {
		err = l.peers.admit(p)
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

// Accept returns the next peer that has completed its handshake.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.ready:
		return c, nil
	case <-l.ctx.Done():
		return nil, net.ErrClosed
	}
}

// Close frees the port, and ends all connections.
func (l *listener) Close() error {
	l.closeAll()
	return nil
}

// closeIfDone closes the listener if its socket was closed, so that no pending
// reply is lost when zmq4 closes the connections one by one.
func (l *listener) closeIfDone() {
	if l.ctx.Err() != nil {
		l.closeAll()
	}
}

// close first waits, up to Linger, for replies that zmq4 has not written yet,
// because its REP socket leaves each reply to a goroutine and does not wait for
// that.
func (l *listener) close() {
	l.Listener.Close()
	for end := time.Now().Add(l.limits.Linger); l.peers.busy() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	l.peers.close()
}
