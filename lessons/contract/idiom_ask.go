package main

import (
	"context"
	"net"
	"strings"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/transport"
)

// ask sends a request on its own REQ socket and returns the reply. It waits
// for a service and for the reply until the context ends, and leaves no
// goroutine or connection behind.
func ask(ctx context.Context, endpoint, request string) (string, error) {
	req, err := connect(ctx, endpoint)
	if err != nil {
		return "", err
	}
	defer req.Close()
	return askOn(req, request)
}

// askOn sends a request and returns the reply.
func askOn(req zmq4.Socket, request string) (string, error) {
	if err := req.Send(zmq4.NewMsgString(request)); err != nil {
		return "", err
	}
	msg, err := recvReply(req)
	return string(msg.Bytes()), err
}

// recvReply receives the next message that is not a command. zmq4 delivers a
// command, such as the heartbeat PING, as if it were a reply.
func recvReply(req zmq4.Socket) (zmq4.Msg, error) {
	for {
		msg, err := req.Recv()
		if err != nil || msg.Type != zmq4.CmdMsg {
			return msg, err
		}
	}
}

// A closable transport closes its connections when the context of their socket
// ends. Without it, neither the context nor Close ends a Dial that waits for
// the handshake, and the context does not end Send or Recv.
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

// withClose makes tcp:// and ipc:// endpoints use it.
var withClose = strings.NewReplacer("tcp://", "closable-tcp://", "ipc://", "closable-ipc://").Replace

// askAgain asks until there is a reply or the context ends. Each try may take
// one second, and a short pause follows, in which a service may restart. A
// service that needs longer than a second gets the request more than once.
func askAgain(ctx context.Context, endpoint, request string) (string, error) {
	for {
		try, cancel := context.WithTimeout(ctx, time.Second)
		reply, err := ask(try, endpoint, request)
		cancel()
		if err == nil || ctx.Err() != nil {
			return reply, err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return "", err
		}
	}
}
