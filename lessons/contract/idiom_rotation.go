package main

import (
	"context"
	"errors"
	"time"
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
		reply, err = r.try(ctx, service, request)
		if err == nil || ctx.Err() != nil {
			break
		}
	}
	return reply, err
}

// try asks one service.
func (r *rotation) try(ctx context.Context, service, request string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	req, err := connectOnce(ctx, service)
	if err != nil {
		return "", err
	}
	defer req.Close()
	return askOn(req, request)
}
