package main

import (
	"context"
	"time"

	"github.com/go-zeromq/zmq4"
)

// connect returns a REQ socket as soon as there is a service to connect it to.
// It gives up when the context ends, but not while it shakes hands: a program
// that takes the connection and says nothing holds it up. Lesson 06 does better.
func connect(ctx context.Context, endpoint string, options ...zmq4.Option) (zmq4.Socket, error) {
	patient := []zmq4.Option{zmq4.WithDialerMaxRetries(-1), zmq4.WithDialerRetry(10 * time.Millisecond)}
	req := zmq4.NewReq(ctx, append(patient, options...)...)
	if err := req.Dial(endpoint); err != nil {
		req.Close()
		return nil, err
	}
	return req, nil
}
