package main

import (
	"context"
	"time"

	"github.com/go-zeromq/zmq4"
)

// sendWaiting sends as soon as a service is connected, or gives up when the
// context ends.
func sendWaiting(ctx context.Context, req zmq4.Socket, msg zmq4.Msg) error {
	for {
		err := req.Send(msg)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
}
