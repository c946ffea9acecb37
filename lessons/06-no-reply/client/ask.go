package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/go-zeromq/zmq4"
)

// ask sends a request on a REQ socket of its own and returns the reply. When
// the context ends, it closes the socket and returns at once.
func ask(ctx context.Context, endpoint, request string) (string, error) {
	req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(-1), zmq4.WithDialerRetry(50*time.Millisecond))
	defer req.Close() // ends a Recv, too

	// Dial, Send and Recv may each wait for ever, so they run in the background.
	type result struct {
		reply string
		err   error
	}
	done := make(chan result, 1)
	go func() {
		reply, err := exchange(ctx, req, endpoint, request)
		done <- result{reply, err}
	}()

	select {
	case r := <-done:
		return r.reply, r.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// exchange connects the socket, sends the request and receives the reply.
func exchange(ctx context.Context, req zmq4.Socket, endpoint, request string) (string, error) {
	if err := req.Dial(endpoint); err != nil {
		return "", err
	}
	if ctx.Err() != nil {
		req.Close() // the Close in ask came too early for this connection
		return "", ctx.Err()
	}
	if err := req.Send(zmq4.NewMsgString(request)); err != nil {
		return "", err
	}
	msg, err := req.Recv()
	return string(msg.Bytes()), err
}

// askAgain asks until it has a reply, tries times at most. Each try has its own
// socket, so that no reply to an earlier try is taken for the reply to a later one.
func askAgain(ctx context.Context, endpoint, request string, timeout time.Duration, tries int) (string, error) {
	for try := 1; try <= tries; try++ {
		tryCtx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("timed out after %v", timeout))
		reply, err := ask(tryCtx, endpoint, request)
		cancel()
		if err == nil {
			return reply, nil
		}
		if ctx.Err() != nil {
			return "", errors.New("interrupted")
		}
		log.Printf("no reply to %q (try %d of %d): %v", request, try, tries, err)
		if try == tries {
			break
		}

		// A server that has just ended is given a moment to come back.
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	return "", fmt.Errorf("gave up after %d tries at %s", tries, endpoint)
}
