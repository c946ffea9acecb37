package envelope

import (
	"context"

	"github.com/go-zeromq/zmq4"
)

// serve is the server that calls Reply. There is nothing to do here.
func serve(ctx context.Context, endpoint string, reply func([][]byte) [][]byte) error {
	router := zmq4.NewRouter(ctx)
	defer router.Close()
	if err := router.Listen(endpoint); err != nil {
		return err
	}
	for {
		msg, err := router.Recv()
		if err != nil {
			return nil // the context has ended
		}
		if frames := reply(msg.Frames); len(frames) > 0 {
			if err := router.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
				return err
			}
		}
	}
}
