// Package deadline is exercise 06a: a request that does not wait for ever.
package deadline

import (
	"context"

	"zeromq-lessons/internal/exercise"
)

// Ask sends a request to the server at the endpoint, and returns the reply.
//
//	request: "Ada"
//	reply:   "Hello, Ada!"
//
// If the context ends before the reply is there, Ask closes its socket and
// returns the context's error at once. Any other failure is an error as well.
// The server is up: Dial need not be watched.
func Ask(ctx context.Context, endpoint, request string) (string, error) {
	// TODO: connect, send and receive, while something watches the context.
	return "", exercise.TODO
}
