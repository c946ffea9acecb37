package main

import (
	"context"
	"slices"
	"time"

	"github.com/go-zeromq/zmq4"
)

// patient makes Dial try until there is a service, every 10 ms.
var patient = []zmq4.Option{zmq4.WithDialerMaxRetries(-1), zmq4.WithDialerRetry(10 * time.Millisecond)}

// connect returns a REQ socket as soon as there is a service to connect it to.
// It gives up when the context ends, but not while it shakes hands: a program
// that takes the connection and says nothing holds it up. The idiom ask does
// better.
func connect(ctx context.Context, endpoint string, options ...zmq4.Option) (zmq4.Socket, error) {
	req := zmq4.NewReq(ctx, slices.Concat(patient, options)...)
	if err := req.Dial(endpoint); err != nil {
		req.Close()
		return nil, err
	}
	return req, nil
}
