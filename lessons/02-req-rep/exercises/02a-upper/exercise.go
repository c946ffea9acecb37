// Package upper is exercise 02a: a server that answers in upper case.
package upper

import (
	"context"

	"zeromq-lessons/internal/exercise"
)

// Serve binds a REP socket to the endpoint and answers every request, of one
// frame, with the same text in upper case:
//
//	request: "World"
//	reply:   "WORLD"
//
// A message without a frame gets a reply too, an empty one. Serve returns nil
// when the context ends, with its socket closed.
func Serve(ctx context.Context, endpoint string) error {
	// TODO: write it. The server of lesson 02 is a model.
	return exercise.TODO
}
