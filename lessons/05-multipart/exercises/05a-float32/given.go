package float32s

import (
	"context"

	"github.com/go-zeromq/zmq4"
)

// serve is a server that calls Square. It accepts only one header. There is
// nothing to do here.
func serve(ctx context.Context, endpoint string, square func([]byte) []byte) error {
	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	for {
		msg, err := rep.Recv()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			continue
		}
		reply := zmq4.NewMsgString(`{"error": "not a header with dtype <f4, and data"}`)
		if len(msg.Frames) == 2 && string(msg.Frames[0]) == `{"dtype": "<f4", "shape": [1, 2], "order": "C"}` {
			reply = zmq4.NewMsgFrom(msg.Frames[0], square(msg.Frames[1]))
		}
		if err := rep.SendMulti(reply); err != nil {
			return err
		}
	}
}
