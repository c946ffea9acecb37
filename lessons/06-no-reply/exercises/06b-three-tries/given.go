package threetries

import (
	"context"

	"github.com/go-zeromq/zmq4"
)

// askOnce sends a request on a new REQ socket, and returns the reply, or an
// error if ctx ends first. There is nothing to do here.
func askOnce(ctx context.Context, endpoint, request string) (string, error) {
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
