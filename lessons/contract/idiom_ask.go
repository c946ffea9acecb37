package main

import (
	"context"
	"slices"
	"time"

	"github.com/go-zeromq/zmq4"
)

// ask sends a request on its own REQ socket and returns the reply. It waits
// for a service, and for the reply, until the context ends.
func ask(ctx context.Context, endpoint, request string, options ...zmq4.Option) (string, error) {
	req := zmq4.NewReq(ctx, slices.Concat(patient, options)...)
	defer req.Close() // ends a Recv, which ignores the context

	// Dial waits for a service that accepts the connection and stays silent,
	// whatever the context says, so all of this runs in the background.
	type result struct {
		reply string
		err   error
	}
	done := make(chan result, 1)
	go func() {
		reply, err := exchangeOn(ctx, req, endpoint, request)
		done <- result{reply, err}
	}()
	select {
	case r := <-done:
		return r.reply, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func exchangeOn(ctx context.Context, req zmq4.Socket, endpoint, request string) (string, error) {
	if err := req.Dial(endpoint); err != nil {
		return "", err
	}
	if ctx.Err() != nil {
		req.Close() // the Close in ask came too early for this connection
		return "", ctx.Err()
	}
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

// askAgain asks until there is a reply, or the context ends. It gives each try
// a second, and a service that has just exited a moment to come back. A service
// that is slower gets the request more than once.
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
