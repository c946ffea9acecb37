package threeservers

import (
	"context"
	"errors"
	"slices"

	"github.com/go-zeromq/zmq4"
)

// The first endpoint that fails ends it.
func wrongFirstOnly(ctx context.Context, endpoints []string, name string) (string, error) {
	for _, endpoint := range endpoints {
		return solution(ctx, []string{endpoint}, name)
	}
	return "", errors.New("no endpoint")
}

// The sockets of those who are not there stay open.
func wrongLeftOpen(ctx context.Context, endpoints []string, name string) (string, error) {
	for _, endpoint := range endpoints {
		req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(0))
		if err := req.Dial(endpoint); err != nil {
			continue
		}
		if err := req.Send(zmq4.NewMsgString(name)); err != nil {
			return "", err
		}
		msg, err := req.Recv()
		return string(msg.Bytes()), err
	}
	return "", errors.New("no server is up")
}

// A socket that found no server is to be closed as well.
func wrongNeverConnected(ctx context.Context, endpoints []string, name string) (string, error) {
	last := errors.New("no endpoint")
	for _, endpoint := range endpoints {
		req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(0))
		if last = req.Dial(endpoint); last != nil {
			continue
		}
		defer req.Close()
		if err := req.Send(zmq4.NewMsgString(name)); err != nil {
			return "", err
		}
		msg, err := req.Recv()
		return string(msg.Bytes()), err
	}
	return "", last
}

// None is up, and nobody is told.
func wrongNoError(ctx context.Context, endpoints []string, name string) (string, error) {
	for _, endpoint := range endpoints {
		if reply, err := solution(ctx, []string{endpoint}, name); err == nil {
			return reply, nil
		}
	}
	return "", nil
}

// A REQ socket sends before it receives.
func wrongOrder(ctx context.Context, endpoints []string, name string) (string, error) {
	last := errors.New("no endpoint")
	for _, endpoint := range endpoints {
		req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(0))
		defer req.Close()
		if last = req.Dial(endpoint); last != nil {
			continue
		}
		msg, err := req.Recv()
		if err != nil {
			return "", err
		}
		return string(msg.Bytes()), req.Send(zmq4.NewMsgString(name))
	}
	return "", last
}

// It begins at the end.
func wrongLast(ctx context.Context, endpoints []string, name string) (string, error) {
	endpoints = slices.Clone(endpoints)
	slices.Reverse(endpoints)
	return solution(ctx, endpoints, name)
}
