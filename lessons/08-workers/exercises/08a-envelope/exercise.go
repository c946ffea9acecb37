// Package envelope is exercise 08a: replies from a ROUTER socket.
package envelope

// Reply returns the message that answers a request. Both are messages of a
// ROUTER socket: an envelope, which ends with the first empty frame, and then
// the frames that the client sent, or those that it should receive.
//
//	msg:    "id", "", "World"             returns: "id", "", "Hello, World!"
//	msg:    "id", "hop", "", "World"      returns: "id", "hop", "", "Hello, World!"
//	msg:    "id", "", "Ada", "Lovelace"   returns: "id", "", "error: a request is one frame, not 2"
//	msg:    "id", "World"                 returns: nil
//
// A message without an empty frame is not a request, so it gets no reply. The
// first frame, the identity, is never empty.
func Reply(msg [][]byte) [][]byte {
	panic("TODO: split the message after its envelope, and put the envelope in front of the reply")
}
