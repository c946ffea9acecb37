package main

import (
	"context"
	"net"
	"strings"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/transport"
)

// A closable transport closes its connections when the context of their socket
// ends. Close ends that context. Without this transport, Close does not end a
// Dial that waits for the server's side of the handshake.
type closable struct{ transport.Transport }

func (t closable) Dial(ctx context.Context, d transport.Dialer, addr string) (net.Conn, error) {
	conn, err := t.Transport.Dial(ctx, d, addr)
	if err == nil {
		context.AfterFunc(ctx, func() { conn.Close() })
	}
	return conn, err
}

func init() {
	zmq4.RegisterTransport("closable-tcp", closable{transport.New("tcp")})
	zmq4.RegisterTransport("closable-ipc", closable{transport.New("unix")})
}

// withClose makes tcp:// and ipc:// endpoints use a closable transport.
var withClose = strings.NewReplacer("tcp://", "closable-tcp://", "ipc://", "closable-ipc://").Replace
