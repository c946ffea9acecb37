package main

import (
	"context"
	"errors"
	"time"

	"github.com/go-zeromq/zmq4"
)

// connect returns a REQ socket as soon as there is a service to connect it to.
// It tries every 10 ms until the context ends. The socket's connection ends with
// the context.
func connect(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	for {
		req, err := connectOnce(ctx, endpoint)
		if err == nil {
			return req, nil
		}
		if errors.Unwrap(err) == nil { // zmq4 did not even try
			return nil, err
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// connectOnce is connect for a service that should be there.
func connectOnce(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(0))
	if err := req.Dial(withClose(endpoint)); err != nil {
		req.Close()
		return nil, err
	}
	return req, nil
}
