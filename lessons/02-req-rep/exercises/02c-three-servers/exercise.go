// Package threeservers is exercise 02c: a client that finds a server that is up.
package threeservers

import "context"

// Ask sends the name to the first of the endpoints where a server listens, and
// returns its reply:
//
//	endpoints: nobody listens, nobody listens, a server that greets
//	request:   "Ada"
//	reply:     "Hello, Ada!"
//
// It does not wait where nobody listens, and it does not connect to the
// endpoints after that server. If no server is up, or there are no endpoints,
// Ask returns an error. It leaves no socket open.
func Ask(ctx context.Context, endpoints []string, name string) (string, error) {
	panic("TODO: connect to one endpoint after the other until it works, then ask")
}
