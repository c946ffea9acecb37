package wait

import (
	"context"

	"github.com/go-zeromq/zmq4"
)

// Without the option it gives up after 10 pauses of 250 ms.
func wrongGivesUp(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	req := zmq4.NewReq(ctx)
	if err := req.Dial(endpoint); err != nil {
		req.Close()
		return nil, err
	}
	return req, nil
}

// The socket does not know the context.
func wrongOtherContext(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	req := zmq4.NewReq(context.Background(), zmq4.WithDialerMaxRetries(-1))
	if err := req.Dial(endpoint); err != nil {
		req.Close()
		return nil, err
	}
	return req, nil
}

// The loop does not look at the context.
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

// The lesson's own line waits longer, and gives up all the same.
func wrongLessons(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	req := zmq4.NewReq(context.Background(), zmq4.WithDialerMaxRetries(20))
	if err := req.Dial(endpoint); err != nil {
		req.Close()
		return nil, err
	}
	return req, nil
}

// The socket is closed as soon as it is returned.
func wrongClosed(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(-1))
	defer req.Close()
	if err := req.Dial(endpoint); err != nil {
		return nil, err
	}
	return req, nil
}

// The socket is lost when there is an error.
func wrongLeftOpen(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(-1))
	if err := req.Dial(endpoint); err != nil {
		return nil, err
	}
	return req, nil
}
