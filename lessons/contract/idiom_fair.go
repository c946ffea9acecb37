package main

import (
	"context"

	"github.com/go-zeromq/zmq4"
)

// fair passes on the requests that a ROUTER socket received, one from each
// client in turn. It queues any number of requests, so as long as there is
// enough memory, no client waits behind one that floods the service. When in is
// closed, fair passes on the queued requests and closes its channel. It also
// closes the channel when the context ends.
func fair(ctx context.Context, in <-chan zmq4.Msg) <-chan zmq4.Msg {
	out := make(chan zmq4.Msg)
	go func() {
		defer close(out)
		queues := map[string][]zmq4.Msg{} // the requests of each client
		var turns []string                // the clients that have any
		for in != nil || len(turns) > 0 {
			var next zmq4.Msg
			var ready chan<- zmq4.Msg // nil while there is no request
			if len(turns) > 0 {
				next, ready = queues[turns[0]][0], out
			}
			select {
			case <-ctx.Done():
				return
			case msg, ok := <-in:
				if !ok {
					in = nil
					continue
				}
				client := string(msg.Frames[0])
				if len(queues[client]) == 0 {
					turns = append(turns, client)
				}
				queues[client] = append(queues[client], msg)
			case ready <- next:
				client := turns[0]
				turns = turns[1:]
				queues[client] = queues[client][1:]
				if len(queues[client]) > 0 {
					turns = append(turns, client)
				} else {
					delete(queues, client)
				}
			}
		}
	}()
	return out
}
