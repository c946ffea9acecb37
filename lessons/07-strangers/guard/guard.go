// Package guard lets untrusted peers reach a zmq4 server. It is a transport for
// github.com/go-zeromq/zmq4 v0.17.0, for REP and ROUTER sockets that listen and
// REQ sockets that dial. Register it under a scheme, and use that in endpoints:
//
//	err := guard.Register("guard", guard.Limits{})
//	...
//	err = rep.Listen("guard://*:5555")
//
// On the wire it is ZMTP 3.1 over TCP with the NULL mechanism
// (https://rfc.zeromq.org/spec/37/), so clients in any language connect to
// tcp:// as before. A Go client may dial guard:// as well: then its Dial has a
// deadline, the end of its socket's context ends Dial, Send and Recv, and it
// answers its server's heartbeats.
//
// A peer that breaks the protocol or exceeds a limit is disconnected, and no
// other peer is affected. There is no encryption and no authentication.
package guard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/transport"
)

// Limits are the limits for peers. A field that is zero gets its default. If
// libzmq has the same limit, its name is in brackets.
type Limits struct {
	// MaxConns is how many peers a listener serves at the same time, and how many
	// more may be in the handshake or waiting to be served. While some wait, peers
	// without a pending request are disconnected: first those that never asked,
	// then clients that have been idle for seconds. Default: 128.
	MaxConns int

	// MaxMsgSize is how many bytes a message may have, counting all its frames
	// and an extra 64 bytes for each frame [ZMQ_MAXMSGSIZE]. Default: 1 MiB.
	MaxMsgSize int64

	// MaxUnsent is how many bytes may be queued for a peer that does not read,
	// in addition to those being written. A single message may be queued
	// no matter how large it is. Default: 256 KiB.
	MaxUnsent int

	// HandshakeTimeout is how long a handshake may take [ZMQ_HANDSHAKE_IVL],
	// and how long Dial may take to connect. Default: 5 seconds.
	HandshakeTimeout time.Duration

	// MessageTimeout is how long a message may take from its first byte to its
	// last, in either direction. Default: 10 seconds.
	MessageTimeout time.Duration

	// IdleTimeout is how long a listener keeps a peer without a pending
	// request. Default: 10 minutes.
	IdleTimeout time.Duration

	// Linger is how long closing a listener waits for pending replies
	// [ZMQ_LINGER]. Default: 500 milliseconds.
	Linger time.Duration

	// Report, if not nil, is called with an *Error for each connection that the
	// guard ended, and for each error of a listener. It is called by one
	// goroutine at a time, and may block or close the socket. While it blocks, up
	// to 1000 errors wait, and further ones are dropped.
	Report func(error)
}

// An Error says why the guard ended a connection. It also wraps io.EOF, because
// that is the only error after which zmq4 always forgets a connection.
type Error struct {
	Peer  net.Addr // or nil if the error is the listener's
	Limit string   // the field of Limits that the peer exceeded, or ""
	Err   error    // what happened
}

func (e *Error) Error() string {
	if e.Peer == nil {
		return fmt.Sprintf("guard: %v", e.Err)
	}
	return fmt.Sprintf("guard: %v: %v", e.Peer, e.Err)
}

func (e *Error) Unwrap() []error { return []error{e.Err, io.EOF} }

// exceeds returns an Error that names a field of Limits.
func exceeds(limit string, err error) error { return &Error{Limit: limit, Err: err} }

// Register makes scheme://host:port an endpoint of zmq4, with these limits. It
// returns an error if a limit is negative or the scheme is already registered.
func Register(scheme string, limits Limits) error {
	l := limits
	if min(int64(l.MaxConns), l.MaxMsgSize, int64(l.MaxUnsent),
		int64(l.HandshakeTimeout), int64(l.MessageTimeout), int64(l.IdleTimeout), int64(l.Linger)) < 0 {
		return errors.New("guard: a limit is negative")
	}
	l.MaxConns = cmp.Or(l.MaxConns, 128)
	l.MaxMsgSize = cmp.Or(l.MaxMsgSize, 1<<20)
	l.MaxUnsent = cmp.Or(l.MaxUnsent, 256<<10)
	l.HandshakeTimeout = cmp.Or(l.HandshakeTimeout, 5*time.Second)
	l.MessageTimeout = cmp.Or(l.MessageTimeout, 10*time.Second)
	l.IdleTimeout = cmp.Or(l.IdleTimeout, 10*time.Minute)
	l.Linger = cmp.Or(l.Linger, 500*time.Millisecond)
	l.Report = reportTo(limits.Report)
	return zmq4.RegisterTransport(scheme, tcp{transport.New("tcp"), &l})
}

// reportTo returns a Report that never blocks. It calls the given one, if any,
// from a goroutine that holds no lock except the one for calling report.
func reportTo(report func(error)) func(error) {
	var mu sync.Mutex
	waiting := make(chan bool, 1000)
	return func(err error) {
		if report == nil {
			return
		}
		select {
		case waiting <- true:
			go func() {
				mu.Lock()
				defer mu.Unlock()
				report(err)
				<-waiting
			}()
		default:
		}
	}
}

// tcp is zmq4's TCP transport with a guard in between.
type tcp struct {
	transport.Transport
	limits *Limits
}

// Dial connects to a server. zmq4 then begins the handshake.
func (t tcp) Dial(ctx context.Context, d transport.Dialer, addr string) (net.Conn, error) {
	dialCtx, cancel := context.WithTimeout(ctx, t.limits.HandshakeTimeout)
	defer cancel()
	raw, err := t.Transport.Dial(dialCtx, d, addr)
	if err != nil {
		return nil, err
	}
	c := newConn(raw, t.limits, "REP", "ROUTER")
	connCtx, release := context.WithCancel(ctx)
	c.events.end = release
	context.AfterFunc(connCtx, func() { c.fail(fmt.Errorf("%w: %w", net.ErrClosed, context.Cause(connCtx))) })
	if _, err := raw.Write(greeting); err != nil {
		return nil, c.fail(err)
	}
	return c, nil
}

// Listen binds to an address. zmq4 then accepts peers that have completed the
// handshake.
func (t tcp) Listen(ctx context.Context, addr string) (net.Listener, error) {
	in, err := t.Transport.Listen(ctx, addr)
	if err != nil {
		return nil, err
	}
	return listen(ctx, in, t.limits), nil
}
