package deadline

import (
	"context"

	"github.com/go-zeromq/zmq4"
)

// A REQ socket's Recv does not return when its context ends. It does return
// when another goroutine closes the socket.
//
// context.AfterFunc(ctx, f) calls f when ctx ends, unless you have called the
// stop function that it returns.
//
// When Recv fails, check whether the context has ended. If it has, return its
// error, which tells the caller more.
func solution(ctx context.Context, endpoint, request string) (string, error) {
	req := zmq4.NewReq(ctx)
	defer req.Close()
	if err := req.Dial(endpoint); err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, func() { req.Close() })
	defer stop()
	if err := req.Send(zmq4.NewMsgString(request)); err != nil {
		return "", err
	}
	msg, err := req.Recv()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	return string(msg.Bytes()), err
}
