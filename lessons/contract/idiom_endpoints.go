package main

import (
	"context"

	"github.com/go-zeromq/zmq4"
)

// serveAll answers requests at several endpoints, each with its own REP socket,
// until one of them fails or the context ends. It calls answer from several
// goroutines.
func serveAll(ctx context.Context, endpoints []string, answer func(zmq4.Msg) zmq4.Msg) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	for _, endpoint := range endpoints {
		rep := zmq4.NewRep(ctx)
		defer rep.Close()
		if err := rep.Listen(endpoint); err != nil {
			return err
		}
		go func() {
			for {
				msg, err := rep.Recv()
				if ctx.Err() != nil {
					return
				}
				if err != nil {
					continue // a message that is not a request
				}
				if err := rep.Send(answer(msg)); err != nil {
					cancel(err)
				}
			}
		}()
	}
	<-ctx.Done()
	return context.Cause(ctx)
}
