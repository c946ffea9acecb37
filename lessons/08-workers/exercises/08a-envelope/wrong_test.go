package envelope

import (
	"fmt"
	"slices"
)

// It assumes that the envelope has two frames, as it does for a REQ client.
func wrongTwoFrames(msg [][]byte) [][]byte {
	if len(msg) < 2 || len(msg[1]) > 0 {
		return nil
	}
	return solution(msg)
}

// It takes the last empty frame for the end of the envelope, as zmq4's REP does.
func wrongLastEmpty(msg [][]byte) [][]byte {
	i := -1
	for j, frame := range msg {
		if len(frame) == 0 && j+1 < len(msg) {
			i = j
		}
	}
	if i < 0 {
		return solution(msg)
	}
	rest := solution(slices.Concat([][]byte{[]byte("id"), nil}, msg[i+1:]))
	return slices.Concat(msg[:i+1], rest[2:])
}

// It leaves out the empty frame.
func wrongNoDelimiter(msg [][]byte) [][]byte {
	return slices.DeleteFunc(solution(msg), func(frame []byte) bool { return len(frame) == 0 })
}

// It replies to all frames after the identity.
func wrongIdentityOnly(msg [][]byte) [][]byte {
	reply := fmt.Sprintf("Hello, %s!", slices.Concat(msg[1:]...))
	return [][]byte{msg[0], nil, []byte(reply)}
}

// It replies to a message that is not a request.
func wrongNoRequest(msg [][]byte) [][]byte {
	if reply := solution(msg); reply != nil {
		return reply
	}
	return [][]byte{msg[0], nil, []byte("error: no delimiter")}
}
