package main

import (
	"bytes"

	"github.com/go-zeromq/zmq4"
)

// sendCopy sends a copy of the buffer, so the caller may change the buffer
// while zmq4 is still writing.
func sendCopy(s zmq4.Socket, buffer []byte) error {
	return s.Send(zmq4.NewMsg(bytes.Clone(buffer)))
}
