package wait

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/go-zeromq/zmq4"
)

// Without the option, it gives up after 10 pauses of 250 ms.
func wrongGivesUp(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	req := zmq4.NewReq(ctx)
	if err := req.Dial(endpoint); err != nil {
		req.Close()
		return nil, err
	}
	return req, nil
}

// It opens the socket with a different context.
func wrongOtherContext(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	req := zmq4.NewReq(context.Background(), zmq4.WithDialerMaxRetries(-1))
	if err := req.Dial(endpoint); err != nil {
		req.Close()
		return nil, err
	}
	return req, nil
}

// Its loop does not check the context.
func wrongOwnLoop(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	for {
		req := zmq4.NewReq(ctx)
		if err := req.Dial(endpoint); err == nil {
			return req, nil
		}
		req.Close()
	}
}

// It returns before it is connected.
func wrongInBackground(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(-1))
	go req.Dial(endpoint)
	return req, nil
}

// The lesson's client waits for 5 seconds, but then it gives up too.
func wrongLessons(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(0))
	deadline := time.Now().Add(5 * time.Second)
	for {
		err := req.Dial(endpoint)
		if err == nil {
			return req, nil
		}
		if time.Now().After(deadline) {
			req.Close()
			return nil, err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// Its deferred Close closes the socket that it returns.
func wrongClosed(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(-1))
	defer req.Close()
	if err := req.Dial(endpoint); err != nil {
		return nil, err
	}
	return req, nil
}

// It does not close the socket if there is an error.
func wrongLeftOpen(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(-1))
	if err := req.Dial(endpoint); err != nil {
		return nil, err
	}
	return req, nil
}

// It tries again even if the endpoint is malformed.
func wrongAnyError(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	for {
		req := zmq4.NewReq(ctx)
		err := req.Dial(endpoint)
		if err == nil {
			return req, nil
		}
		req.Close()
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// This one is right: it gives up when the context ends, and if the endpoint is
// malformed.
func rightOwnLoop(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	for {
		req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(0))
		err := req.Dial(endpoint)
		if err == nil {
			return req, nil
		}
		req.Close()
		var refused *net.OpError
		if !errors.As(err, &refused) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(100 * time.Millisecond):
		}
	}
}
