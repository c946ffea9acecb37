package strict

import (
	"context"

	"github.com/go-zeromq/zmq4"
)

// serve is the server that calls Decode. There is nothing to do here.
func serve(ctx context.Context, endpoint string, decode func([]byte) (Greeting, error)) error {
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
		greeting, err := decode(msg.Bytes())
		reply := "Hello, " + greeting.Title + " " + greeting.Name + "!"
		if err != nil {
			reply = "error: " + err.Error()
		}
		if err := rep.Send(zmq4.NewMsgString(reply)); err != nil {
			return err
		}
	}
}
