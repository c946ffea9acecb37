package main

import (
	"context"
	"errors"
	"time"

	"github.com/go-zeromq/zmq4"
)

// A rotation asks several services in turn, each on a new socket.
type rotation struct {
	services []string      // their endpoints
	timeout  time.Duration // how long each of them may take
	next     int
}

// ask asks the next service. If that service is gone or does not reply in time,
// ask tries the one after it, until it has tried all of them.
func (r *rotation) ask(ctx context.Context, request string) (reply string, err error) {
	err = errors.New("no service")
	for range r.services {
		service := r.services[r.next%len(r.services)]
		r.next++
		try, cancel := context.WithTimeout(ctx, r.timeout)
		reply, err = ask(try, service, request, zmq4.WithDialerMaxRetries(0))
		cancel()
		if err == nil || ctx.Err() != nil {
			break
		}
	}
	return reply, err
}
