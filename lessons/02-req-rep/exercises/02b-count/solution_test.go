package count

import (
	"context"
	"fmt"

	"github.com/go-zeromq/zmq4"
)

// Keep the counts in a map from names to numbers. Create it where it lasts from
// one request to the next.
//
// The loop is the same as in the lesson's server. Build the reply with
// fmt.Sprintf.
func solution(ctx context.Context, endpoint string) error {
	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	counts := make(map[string]int)
	for {
		msg, err := rep.Recv()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			continue
		}
		name := string(msg.Bytes())
		counts[name]++
		reply := fmt.Sprintf("%s: %d", name, counts[name])
		if err := rep.Send(zmq4.NewMsgString(reply)); err != nil {
			return err
		}
	}
}
