package main

import (
	"errors"
	"slices"

	"github.com/go-zeromq/zmq4"
)

// receive takes a request from a ROUTER socket. The envelope says who asks, and
// ends with the first empty frame; the body is what the client has sent.
func receive(router zmq4.Socket) (envelope, body [][]byte, err error) {
	msg, err := router.Recv()
	if err != nil {
		return nil, nil, err
	}
	for i, frame := range msg.Frames {
		if i > 0 && len(frame) == 0 {
			return msg.Frames[:i+1], msg.Frames[i+1:], nil
		}
	}
	return nil, nil, errors.New("the request has no empty frame")
}

// reply sends the body to the client of the envelope.
func reply(router zmq4.Socket, envelope [][]byte, body ...[]byte) error {
	return router.SendMulti(zmq4.NewMsgFrom(slices.Concat(envelope, body)...))
}
