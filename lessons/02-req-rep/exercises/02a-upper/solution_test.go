package upper

import (
	"context"
	"strings"

	"github.com/go-zeromq/zmq4"
)

// Open the socket with zmq4.NewRep, bind it with Listen, and close it when
// Serve returns: defer rep.Close().
//
// In a loop, receive a request and send its text back in upper case.
// strings.ToUpper knows every alphabet.
//
// When Recv returns an error, check whether the context has ended.
func solution(ctx context.Context, endpoint string) error {
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
		reply := strings.ToUpper(string(msg.Bytes()))
		if err := rep.Send(zmq4.NewMsgString(reply)); err != nil {
			return err
		}
	}
}
