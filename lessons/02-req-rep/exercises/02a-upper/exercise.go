// Package upper is exercise 02a: a server that replies in upper case.
package upper

import "context"

// Serve binds a REP socket to the endpoint and replies to every request, which
// has one frame, with the same text in upper case:
//
//	request: "World"
//	reply:   "WORLD"
//
// The reply to a message without frames is empty. When the context ends, Serve
// closes its socket and returns nil.
func Serve(ctx context.Context, endpoint string) error {
	panic("TODO: bind, receive and reply, like the server of lesson 02")
}
