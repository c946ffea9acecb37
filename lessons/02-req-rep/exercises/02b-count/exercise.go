// Package count is exercise 02b: a server that remembers.
package count

import (
	"context"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/exercise"
)

// Serve binds a REP socket to the endpoint. A request is a name, and the reply
// says how often that name has been sent:
//
//	request: "Ada"      reply: "Ada: 1"
//	request: "Grace"    reply: "Grace: 1"
//	request: "Ada"      reply: "Ada: 2"
//
// It does not matter which client sends the name. Serve returns nil when the
// context ends, with its socket closed.
func Serve(ctx context.Context, endpoint string) error {
	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	// TODO: receive and reply, until the context ends.
	return exercise.TODO
}
