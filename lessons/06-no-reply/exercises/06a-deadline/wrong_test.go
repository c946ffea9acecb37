package deadline

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"
)

// Its Recv ignores the socket's context.
func wrongOnlyContext(ctx context.Context, endpoint, request string) (string, error) {
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

// Its Recv ignores this option too.
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

// It returns without closing the socket, so its Recv still waits.
func wrongAbandoned(ctx context.Context, endpoint, request string) (string, error) {
	req := zmq4.NewReq(ctx)
	if err := req.Dial(endpoint); err != nil {
		return "", err
	}
	if err := req.Send(zmq4.NewMsgString(request)); err != nil {
		return "", err
	}
	done := make(chan error, 1)
	var msg zmq4.Msg
	go func() {
		var err error
		msg, err = req.Recv()
		done <- err
	}()
	select {
	case err := <-done:
		req.Close()
		return string(msg.Bytes()), err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Its goroutine cannot send its result after the context has ended, because
// nothing receives from the channel.
func wrongChannel(ctx context.Context, endpoint, request string) (string, error) {
	done := make(chan error)
	var reply string
	go func() {
		var err error
		reply, err = solution(ctx, endpoint, request)
		done <- err
	}()
	select {
	case err := <-done:
		return reply, err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// It returns neither a reply nor an error.
func wrongNoError(ctx context.Context, endpoint, request string) (string, error) {
	reply, _ := solution(ctx, endpoint, request)
	return reply, nil
}

// It drops every error except the context's.
func wrongContextError(ctx context.Context, endpoint, request string) (string, error) {
	reply, _ := solution(ctx, endpoint, request)
	return reply, ctx.Err()
}

// It returns the error of the closed socket instead of the context's.
func wrongClosedError(ctx context.Context, endpoint, request string) (string, error) {
	reply, err := solution(ctx, endpoint, request)
	if ctx.Err() != nil {
		err = errors.New("use of closed network connection")
	}
	return reply, err
}

// This one is right: Close ends the goroutine, and the channel has room for its
// result.
func rightGoroutine(ctx context.Context, endpoint, request string) (string, error) {
	req := zmq4.NewReq(ctx)
	defer req.Close()
	if err := req.Dial(endpoint); err != nil {
		return "", err
	}
	var msg zmq4.Msg
	done := make(chan error, 1)
	go func() {
		err := req.Send(zmq4.NewMsgString(request))
		if err == nil {
			msg, err = req.Recv()
		}
		done <- err
	}()
	select {
	case err := <-done:
		return string(msg.Bytes()), err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// This one is right too: it sleeps, but checks the context often.
func rightPolls(ctx context.Context, endpoint, request string) (string, error) {
	req := zmq4.NewReq(ctx)
	defer req.Close()
	if err := req.Dial(endpoint); err != nil {
		return "", err
	}
	var over atomic.Bool
	defer over.Store(true)
	go func() {
		for ctx.Err() == nil && !over.Load() {
			time.Sleep(20 * time.Millisecond)
		}
		req.Close()
	}()
	if err := req.Send(zmq4.NewMsgString(request)); err != nil {
		return "", err
	}
	msg, err := req.Recv()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	return string(msg.Bytes()), err
}
