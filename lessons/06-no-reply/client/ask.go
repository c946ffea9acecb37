package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"time"

	"github.com/go-zeromq/zmq4"
)

// A client sends requests to one server. It keeps its socket as long as it gets
// replies. After a failure it opens a new one, so that it cannot mistake a late
// reply for the reply to its next request. It is not safe for concurrent use.
type client struct {
	endpoint string
	timeout  time.Duration // of each try
	tries    int

	req zmq4.Socket // connected, without a pending request; or nil
}

// ask sends the request and returns the reply. If a try fails, it sends the
// request again, so the server may do the work more than once.
func (c *client) ask(ctx context.Context, request string) (string, error) {
	pause := 100 * time.Millisecond
	for try := 1; ; try++ {
		reply, err := c.try(ctx, request)
		switch {
		case err == nil:
			return reply, nil
		case ctx.Err() != nil:
			return "", errors.New("interrupted")
		case errors.As(err, new(permanent)), errors.Is(err, errHeartbeats) && try > 1:
			return "", err
		case try >= c.tries:
			return "", fmt.Errorf("gave up after try %d of %d at %s: %w", try, c.tries, c.endpoint, err)
		}
		log.Printf("no reply to %q (try %d of %d): %v", request, try, c.tries, err)
		backOff(ctx, &pause)
	}
}

// try sends the request once. It returns an error if the connection breaks or if
// there is no reply before the timeout.
func (c *client) try(ctx context.Context, request string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, fmt.Errorf("timed out after %v", c.timeout))
	defer cancel()

	req := c.req
	c.req = nil // until there is a reply
	if req == nil {
		var err error
		if req, err = connect(ctx, c.endpoint); err != nil {
			return "", err
		}
	}
	stop := context.AfterFunc(ctx, func() { req.Close() }) // ends Send and Recv
	reply, err := exchange(req, request)
	if !stop() {
		err = context.Cause(ctx)
	}
	if err != nil {
		req.Close()
		return "", err
	}
	c.req = req
	return reply, nil
}

// connect returns a REQ socket that is connected to the endpoint. It tries
// until the context ends, because the server may start later.
func connect(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	req := zmq4.NewReq(context.Background(), zmq4.WithDialerMaxRetries(0))
	stop := context.AfterFunc(ctx, func() { req.Close() }) // ends Dial
	defer stop()

	failure := errors.New("no handshake")
	for pause := 50 * time.Millisecond; ctx.Err() == nil; backOff(ctx, &pause) {
		err := req.Dial(withClose(endpoint))
		if err == nil {
			return req, nil
		}
		if errors.Unwrap(err) == nil { // zmq4 did not even try
			req.Close()
			return nil, permanent{err}
		}
		if ctx.Err() == nil {
			failure = reason(err)
		}
	}
	return nil, fmt.Errorf("%w: %w", context.Cause(ctx), failure)
}

// exchange sends the request and receives the reply.
func exchange(req zmq4.Socket, request string) (string, error) {
	if err := req.Send(zmq4.NewMsgString(request)); err != nil {
		return "", reason(err)
	}
	heartbeat := false
	for {
		msg, err := req.Recv()
		switch {
		case err != nil && heartbeat:
			return "", fmt.Errorf("%w: %w", errHeartbeats, reason(err))
		case err != nil:
			return "", reason(err)
		case msg.Type == zmq4.CmdMsg:
			heartbeat = true // a PING, which zmq4 cannot answer
		case len(msg.Frames) != 1:
			return "", permanent{fmt.Errorf("a reply is one frame, not %d", len(msg.Frames))}
		case len(msg.Frames[0]) == 0:
			return "", permanent{errors.New("the reply is empty")}
		default:
			return string(msg.Frames[0]), nil
		}
	}
}

// close closes the socket, if there is one.
func (c *client) close() {
	if c.req != nil {
		c.req.Close()
	}
}

// A permanent error is one that would occur again in the next try.
type permanent struct{ error }

// errHeartbeats is permanent on a new socket. A socket that was kept may have
// been idle for too long.
var errHeartbeats = errors.New("the server wants heartbeats (see lesson 07)")

// reason returns the error without the addresses that package net adds. They
// differ from connection to connection.
func reason(err error) error {
	if op := new(net.OpError); errors.As(err, &op) {
		return op.Err
	}
	return err
}

// backOff waits for about the pause, or until the context ends, and doubles the
// pause up to 2 seconds. A part of the wait is random, so that clients that
// failed together do not come back together.
func backOff(ctx context.Context, pause *time.Duration) {
	select {
	case <-time.After(*pause/2 + rand.N(*pause)):
	case <-ctx.Done():
	}
	*pause = min(2**pause, 2*time.Second)
}
