// Package guard lets strangers reach a zmq4 server. It is a transport for
// github.com/go-zeromq/zmq4 v0.17.0, under a scheme of its own, for REP
// sockets that listen and REQ sockets that dial:
//
//	err := guard.Register("guard", guard.Limits{})
//	...
//	err = rep.Listen("guard://*:5555")
//
// On the wire it is ZMTP 3 over TCP, with the NULL mechanism
// (https://rfc.zeromq.org/spec/23/), so every peer connects to tcp:// as ever.
// A client may dial guard:// as well: then its Dial has a deadline, and the
// end of its socket's context ends Dial, Send and Recv.
//
// A peer that breaks the protocol or a limit loses its connection, and nobody
// else notices. There is no encryption and no authentication.
package guard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/transport"
)

// Limits says what peers may cost. A field that is zero has its default. Where
// libzmq has the same limit, its name there is in brackets.
type Limits struct {
	// MaxConns is how many peers a listener serves at once, and how many more
	// may be shaking hands. If there are too many, one gives way that is owed
	// no reply: one that has never had a reply, or else the one that has been
	// quiet for longest. Default: 128.
	MaxConns int

	// MaxMsgSize is how many bytes a message may have, all its frames
	// together, each of which counts for 64 bytes more than it has
	// [ZMQ_MAXMSGSIZE]. Default: 1 MiB.
	MaxMsgSize int64

	// MaxUnsent is how many bytes may wait for a peer that does not read,
	// behind those that are being written to it. One message may, whatever its
	// size. Default: 256 KiB.
	MaxUnsent int

	// HandshakeTimeout is how long a handshake may take [ZMQ_HANDSHAKE_IVL],
	// and Dial's connection before it. Default: 5 seconds.
	HandshakeTimeout time.Duration

	// MessageTimeout is how long a message may take from its first byte to its
	// last, in either direction. Default: 10 seconds.
	MessageTimeout time.Duration

	// IdleTimeout is how long a listener keeps a peer that asks nothing and is
	// owed nothing. Default: 10 minutes.
	IdleTimeout time.Duration

	// Linger is how long closing a listener waits for replies that are owed
	// [ZMQ_LINGER]. Default: 500 milliseconds.
	Linger time.Duration

	// Report, if not nil, is told why a connection was ended: which peer,
	// which limit. It may be called by several goroutines at once.
	Report func(error)
}

// Register makes scheme://host:port an endpoint of zmq4, with these limits. It
// is an error to register a scheme twice.
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
	if l.Report == nil {
		l.Report = func(error) {}
	}
	return zmq4.RegisterTransport(scheme, tcp{transport.New("tcp"), &l})
}

// tcp is zmq4's own transport for TCP, with a guard in between.
type tcp struct {
	transport.Transport
	limits *Limits
}

// Dial connects to a server. zmq4 then shakes hands.
func (t tcp) Dial(ctx context.Context, d transport.Dialer, addr string) (net.Conn, error) {
	dialCtx, cancel := context.WithTimeout(ctx, t.limits.HandshakeTimeout)
	defer cancel()
	raw, err := t.Transport.Dial(dialCtx, d, addr)
	if err != nil {
		return nil, err
	}
	c := newConn(raw, t.limits, nil)
	connCtx, release := context.WithCancel(ctx)
	c.release = release
	context.AfterFunc(connCtx, func() { c.fail(fmt.Errorf("%w: %w", net.ErrClosed, context.Cause(connCtx))) })
	if _, err := raw.Write(greeting); err != nil {
		return nil, c.fail(err)
	}
	return c, nil
}

// Listen binds to an address. zmq4 then accepts peers that have shaken hands.
func (t tcp) Listen(ctx context.Context, addr string) (net.Listener, error) {
	in, err := t.Transport.Listen(ctx, addr)
	if err != nil {
		return nil, err
	}
	return listen(ctx, in, t.limits), nil
}
