package threeservers

import (
	"context"
	"errors"
	"slices"

	"github.com/go-zeromq/zmq4"
)

// It tries only the first endpoint.
func wrongFirstOnly(ctx context.Context, endpoints []string, name string) (string, error) {
	for _, endpoint := range endpoints {
		return solution(ctx, []string{endpoint}, name)
	}
	return "", errors.New("no endpoint")
}

// It does not close any socket.
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

// It does not close a socket that found no server.
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

// It does not return an error if no server is up.
func wrongNoError(ctx context.Context, endpoints []string, name string) (string, error) {
	for _, endpoint := range endpoints {
		if reply, err := solution(ctx, []string{endpoint}, name); err == nil {
			return reply, nil
		}
	}
	return "", nil
}

// It receives before it sends.
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

// Its Dial tries again for 2.5 seconds if there is no server.
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

// It does not return an error if there are no endpoints.
func wrongNoEndpoints(ctx context.Context, endpoints []string, name string) (string, error) {
	if len(endpoints) == 0 {
		return "", nil
	}
	return solution(ctx, endpoints, name)
}

// It connects one socket to all servers.
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

// This one is right: one socket is enough if it connects only once.
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
