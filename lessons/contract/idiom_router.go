package main

import (
	"slices"

	"github.com/go-zeromq/zmq4"
)

// receive returns the next request that a ROUTER socket receives, and drops any
// other message. The envelope names the client; the body is what the client
// sent. Listen on guard://, which gives each connection its own identity,
// because on tcp:// clients with the same identity get each other's replies.
func receive(router zmq4.Socket) (envelope, body [][]byte, err error) {
	for {
		msg, err := router.Recv()
		if err != nil {
			return nil, nil, err
		}
		if envelope, body, ok := open(msg); ok {
			return envelope, body, nil
		}
	}
}

// open splits a message that a ROUTER socket received. The envelope ends with
// the first empty frame after the client's identity. A message with no frame
// after the envelope is not ok.
func open(msg zmq4.Msg) (envelope, body [][]byte, ok bool) {
	for i, frame := range msg.Frames {
		if i > 0 && len(frame) == 0 {
			return msg.Frames[:i+1], msg.Frames[i+1:], i+1 < len(msg.Frames)
		}
	}
	return nil, nil, false
}

// reply sends the body to the client that the envelope names. If that client has
// left, zmq4 discards the reply or, until it notices, returns an error. While the
// socket is open, Send fails for no other reason, so reply ignores the error.
func reply(router zmq4.Socket, envelope [][]byte, body ...[]byte) {
	router.SendMulti(zmq4.NewMsgFrom(slices.Concat(envelope, body)...))
}
