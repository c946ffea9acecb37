// Package count is exercise 02b: a server that remembers.
package count

import (
	"context"

	"github.com/go-zeromq/zmq4"
)

// Serve binds a REP socket to the endpoint. A request is a name, and the reply
// says how many times clients have sent that name:
//
//	request: "Ada"      reply: "Ada: 1"
//	request: "Grace"    reply: "Grace: 1"
//	request: "Ada"      reply: "Ada: 2"
//
// The count of a name includes all clients. When the context ends, Serve closes
// its socket and returns nil.
func Serve(ctx context.Context, endpoint string) error {
	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	panic("TODO: receive and reply, until the context ends")
}
