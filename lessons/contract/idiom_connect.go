package main

import (
	"context"
	"slices"
	"time"

	"github.com/go-zeromq/zmq4"
)

// connect returns a REQ socket as soon as there is a service to connect it to.
// The socket's connection ends with the context.
func connect(ctx context.Context, endpoint string, options ...zmq4.Option) (zmq4.Socket, error) {
	req := zmq4.NewReq(ctx, slices.Concat(patient, options)...)
	if err := req.Dial(withClose(endpoint)); err != nil {
		req.Close()
		return nil, err
	}
	return req, nil
}

// patient makes Dial try every 10 ms until there is a service.
var patient = []zmq4.Option{zmq4.WithDialerMaxRetries(-1), zmq4.WithDialerRetry(10 * time.Millisecond)}
