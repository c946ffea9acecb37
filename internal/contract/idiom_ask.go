package main

import (
	"context"
	"time"

	"github.com/go-zeromq/zmq4"
)

// ask sends a request on a REQ socket of its own, and returns the reply. It
// waits for a service, and for the reply, until the context ends.
func ask(ctx context.Context, endpoint, request string, options ...zmq4.Option) (string, error) {
	req, err := connect(ctx, endpoint, options...)
	if err != nil {
		return "", err
	}
	defer req.Close()
	// The end of the context does not end a REQ socket's Recv, but Close does.
	stop := context.AfterFunc(ctx, func() { req.Close() })
	defer stop()

	if err := req.Send(zmq4.NewMsgString(request)); err != nil {
		return "", err
	}
	msg, err := req.Recv()
	return string(msg.Bytes()), err
}

// askAgain asks until there is a reply. It gives each try a second. A service
// that was too slow gets the request more than once.
func askAgain(ctx context.Context, endpoint, request string) (string, error) {
	for {
		try, cancel := context.WithTimeout(ctx, time.Second)
		reply, err := ask(try, endpoint, request)
		cancel()
		if err == nil || ctx.Err() != nil {
			return reply, err
		}
	}
}
