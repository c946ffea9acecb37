package main

import (
	"context"
	"slices"
	"time"

	"github.com/go-zeromq/zmq4"
)

// ask sends a request on a REQ socket of its own, and returns the reply. It
// waits for a service, and for the reply, until the context ends.
func ask(ctx context.Context, endpoint, request string, options ...zmq4.Option) (string, error) {
	req := zmq4.NewReq(ctx, slices.Concat(patient, options)...)
	defer req.Close() // ends a Recv, which does not look at the context

	// A service that takes the connection and says nothing holds up Dial for
	// ever, so all of it runs in the background.
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
	msg, err := req.Recv()
	return string(msg.Bytes()), err
}

// askAgain asks until there is a reply, or the context ends. It gives each try
// a second, and a service that has just ended a moment to come back. A service
// that was too slow gets the request more than once.
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
