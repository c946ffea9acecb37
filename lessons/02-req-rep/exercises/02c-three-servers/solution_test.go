package threeservers

import (
	"context"
	"errors"

	"github.com/go-zeromq/zmq4"
)

// One socket that is connected to all three would send the request round
// robin. Open a new one for each endpoint.
//
// zmq4.WithDialerMaxRetries(0) makes Dial try once.
//
// defer closes a socket when its function returns, not at the end of a loop's
// turn. Either call Close, or put one endpoint's turn into a function.
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
