package deadline

import (
	"context"
	"time"

	"github.com/go-zeromq/zmq4"
)

// The context goes to NewReq, and Recv does not look at it.
func wrongContextAlone(ctx context.Context, endpoint, request string) (string, error) {
	req := zmq4.NewReq(ctx)
	defer req.Close()
	if err := req.Dial(endpoint); err != nil {
		return "", err
	}
	if err := req.Send(zmq4.NewMsgString(request)); err != nil {
		return "", err
	}
	msg, err := req.Recv()
	return string(msg.Bytes()), err
}

// An option that Recv does not look at either.
func wrongOption(ctx context.Context, endpoint, request string) (string, error) {
	req := zmq4.NewReq(ctx, zmq4.WithTimeout(100*time.Millisecond))
	defer req.Close()
	if err := req.Dial(endpoint); err != nil {
		return "", err
	}
	if err := req.Send(zmq4.NewMsgString(request)); err != nil {
		return "", err
	}
	msg, err := req.Recv()
	return string(msg.Bytes()), err
}

// Nobody waits any more, but the socket is there, and Recv in it.
func wrongAbandoned(ctx context.Context, endpoint, request string) (string, error) {
	req := zmq4.NewReq(ctx)
	if err := req.Dial(endpoint); err != nil {
		return "", err
	}
	if err := req.Send(zmq4.NewMsgString(request)); err != nil {
		return "", err
	}
	replies := make(chan string, 1)
	go func() {
		msg, err := req.Recv()
		if err == nil {
			replies <- string(msg.Bytes())
		}
	}()
	select {
	case reply := <-replies:
		req.Close()
		return reply, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// The goroutine has a result, or Recv's error, and nobody takes it.
func wrongChannel(ctx context.Context, endpoint, request string) (string, error) {
	replies := make(chan string)
	go func() {
		reply, _ := solution(ctx, endpoint, request)
		replies <- reply
	}()
	select {
	case reply := <-replies:
		return reply, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// No reply, and no error.
func wrongNoError(ctx context.Context, endpoint, request string) (string, error) {
	reply, _ := solution(ctx, endpoint, request)
	return reply, nil
}
