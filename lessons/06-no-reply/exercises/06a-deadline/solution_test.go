package deadline

import (
	"context"

	"github.com/go-zeromq/zmq4"
)

// The end of its context does not end a REQ socket's Recv. Close does, and it
// may be called from elsewhere.
//
// context.AfterFunc calls a function when a context ends. It returns another
// function, which takes that back.
//
// When Recv fails, look whether the context has ended: its error tells more.
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
