// Package threeservers is exercise 02c: a client that finds a running server.
package threeservers

import "context"

// Ask sends the name to the first endpoint where a server listens, and returns
// the reply:
//
//	endpoints: no server, no server, a server that greets
//	request:   "Ada"
//	reply:     "Hello, Ada!"
//
// It does not wait for a server, and it does not connect to the endpoints after
// the first server. If no server is running, or if there are no endpoints, Ask
// returns an error. It leaves no socket open.
func Ask(ctx context.Context, endpoints []string, name string) (string, error) {
	panic("TODO: try to connect to one endpoint after another, then send the name")
}
