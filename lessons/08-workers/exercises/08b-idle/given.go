package idle

import (
	"context"

	"github.com/go-zeromq/zmq4"
)

// serve is the server that calls Tell. There is nothing to do here.
func serve(ctx context.Context, endpoint string, tell func(p *Pool, event, worker string) string) error {
	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	var p Pool
	for {
		msg, err := rep.Recv()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			continue
		}
		reply := "error: a message is an event, and a worker or none"
		switch len(msg.Frames) {
		case 1:
			reply = tell(&p, string(msg.Frames[0]), "")
		case 2:
			reply = tell(&p, string(msg.Frames[0]), string(msg.Frames[1]))
		}
		if err := rep.Send(zmq4.NewMsgString(reply)); err != nil {
			return err
		}
	}
}
