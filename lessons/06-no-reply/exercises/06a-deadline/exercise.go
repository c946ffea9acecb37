// Package deadline is exercise 06a: a request that does not wait forever.
package deadline

import "context"

// Ask sends a request to the server at the endpoint, and returns the reply.
//
//	request: "Ada"
//	reply:   "Hello, Ada!"
//
// If the context ends before the reply arrives, Ask closes its socket and
// returns the context's error immediately. Any other failure is an error too.
// The server is up, so Dial does not take long.
func Ask(ctx context.Context, endpoint, request string) (string, error) {
	panic("TODO: connect, send and receive, while something watches the context")
}
