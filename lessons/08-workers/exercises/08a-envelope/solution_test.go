package envelope

import (
	"fmt"
	"slices"
)

// slices.IndexFunc finds the first empty frame. If it returns -1, there is
// none.
//
// If the first empty frame has index i, msg[:i+1] is the envelope and msg[i+1:]
// is the request. Put the whole envelope in front of the reply. If no frame is
// empty, return nil.
//
// slices.Concat returns a new slice, so what it joins stays as it is.
func solution(msg [][]byte) [][]byte {
	i := slices.IndexFunc(msg, func(frame []byte) bool { return len(frame) == 0 })
	if i < 0 {
		return nil
	}
	envelope, request := msg[:i+1], msg[i+1:]
	reply := fmt.Sprintf("error: a request is one frame, not %d", len(request))
	if len(request) == 1 {
		reply = "Hello, " + string(request[0]) + "!"
	}
	return slices.Concat(envelope, [][]byte{[]byte(reply)})
}
