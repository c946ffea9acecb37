package main

import (
	"context"
	"fmt"
	"time"

	"github.com/go-zeromq/zmq4"
)

// askWorkers sends a request on a REQ socket that listens, and returns the
// reply of one of the workers that have connected to it. It waits for a worker,
// and asks another one if that worker leaves. If the context ends first,
// askWorkers closes the socket, so that a late reply cannot be taken for the
// reply to the next request.
func askWorkers(ctx context.Context, req zmq4.Socket, request string) (string, error) {
	defer context.AfterFunc(ctx, func() { req.Close() })()
	for {
		reply, err := askWorker(req, request)
		if err == nil {
			return reply, nil
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// askWorker asks the next worker.
func askWorker(req zmq4.Socket, request string) (reply string, err error) {
	defer func() {
		// Send panics if it fails at the last worker in its list. It then
		// forgets that worker, so the next try reaches another one.
		if r := recover(); r != nil {
			err = fmt.Errorf("no worker: %v", r)
		}
	}()
	return askOn(req, request)
}
