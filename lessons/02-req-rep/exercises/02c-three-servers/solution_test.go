package threeservers

import (
	"context"
	"errors"

	"github.com/go-zeromq/zmq4"
)

// zmq4.WithDialerMaxRetries(0) makes Dial try only once.
//
// If Dial fails, try the next endpoint. Use a new socket for each endpoint, so
// that a failed connection cannot affect the next one.
//
// defer closes a socket when the function returns, not at the end of an
// iteration. Either call Close, or move the code for one endpoint into a
// function.
func solution(ctx context.Context, endpoints []string, name string) (string, error) {
	ask := func(endpoint string) (string, error) {
		req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(0))
		defer req.Close()
		if err := req.Dial(endpoint); err != nil {
			return "", err
		}
		if err := req.Send(zmq4.NewMsgString(name)); err != nil {
			return "", err
		}
		msg, err := req.Recv()
		return string(msg.Bytes()), err
	}
	last := errors.New("no endpoint")
	for _, endpoint := range endpoints {
		reply, err := ask(endpoint)
		if err == nil {
			return reply, nil
		}
		last = err
	}
	return "", last
}
