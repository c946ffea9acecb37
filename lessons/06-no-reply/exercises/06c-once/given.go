package once

import (
	"context"
	"strconv"

	"github.com/go-zeromq/zmq4"
)

// serve is the server that calls Pay. There is nothing to do here.
func serve(ctx context.Context, endpoint string, pay func(*Account, string, int, int) string) error {
	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	account := &Account{Last: make(map[string]Payment)}
	for {
		msg, err := rep.Recv()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			continue
		}
		reply := "error: a request is a name, a number and an amount"
		if len(msg.Frames) == 3 {
			number, err1 := strconv.Atoi(string(msg.Frames[1]))
			amount, err2 := strconv.Atoi(string(msg.Frames[2]))
			if err1 == nil && err2 == nil {
				reply = pay(account, string(msg.Frames[0]), number, amount)
			}
		}
		if err := rep.Send(zmq4.NewMsgString(reply)); err != nil {
			return err
		}
	}
}
