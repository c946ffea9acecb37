package threeservers

import (
	"context"
	"errors"
	"slices"

	"github.com/go-zeromq/zmq4"
)

// It gives up at the first endpoint.
func wrongFirstOnly(ctx context.Context, endpoints []string, name string) (string, error) {
	for _, endpoint := range endpoints {
		return solution(ctx, []string{endpoint}, name)
	}
	return "", errors.New("no endpoint")
}

// It closes no socket.
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

// A socket that found no server must be closed too.
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

// No server is up, and it returns no error.
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

// It starts with the last endpoint.
func wrongLast(ctx context.Context, endpoints []string, name string) (string, error) {
	endpoints = slices.Clone(endpoints)
	slices.Reverse(endpoints)
	return solution(ctx, endpoints, name)
}

// Dial tries again for 2.5 seconds where nobody listens.
func wrongTriesAgain(ctx context.Context, endpoints []string, name string) (string, error) {
	last := errors.New("no endpoint")
	for _, endpoint := range endpoints {
		req := zmq4.NewReq(ctx)
		defer req.Close()
		if last = req.Dial(endpoint); last != nil {
			continue
		}
		if err := req.Send(zmq4.NewMsgString(name)); err != nil {
			return "", err
		}
		msg, err := req.Recv()
		return string(msg.Bytes()), err
	}
	return "", last
}

// It returns the last error, but there may be none.
func wrongNoEndpoints(ctx context.Context, endpoints []string, name string) (string, error) {
	if len(endpoints) == 0 {
		return "", nil
	}
	return solution(ctx, endpoints, name)
}

// One socket that is connected to all servers sends requests to all of them.
func wrongAll(ctx context.Context, endpoints []string, name string) (string, error) {
	req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(0))
	defer req.Close()
	for _, endpoint := range endpoints {
		req.Dial(endpoint)
	}
	if err := req.Send(zmq4.NewMsgString(name)); err != nil {
		return "", err
	}
	msg, err := req.Recv()
	return string(msg.Bytes()), err
}

// This one is right: one socket will do if it is connected only once.
func rightOneSocket(ctx context.Context, endpoints []string, name string) (string, error) {
	req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(0))
	defer req.Close()
	err := errors.New("no endpoint")
	for _, endpoint := range endpoints {
		if err = req.Dial(endpoint); err == nil {
			break
		}
	}
	if err != nil {
		return "", err
	}
	if err := req.Send(zmq4.NewMsgString(name)); err != nil {
		return "", err
	}
	msg, err := req.Recv()
	return string(msg.Bytes()), err
}
