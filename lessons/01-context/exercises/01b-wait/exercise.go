// Package wait is exercise 01b: a client that waits for its server.
package wait

import (
	"context"

	"github.com/go-zeromq/zmq4"
)

// Connect opens a REQ socket and connects it to the endpoint. The server may
// start much later: Connect waits for it until the context ends.
//
// If the context ends first, or if the endpoint is malformed, Connect returns
// an error and leaves no socket open.
func Connect(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	panic("TODO: connect, with an option that makes Dial try again forever")
}
