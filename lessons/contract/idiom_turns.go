package main

import (
	"errors"

	"github.com/go-zeromq/zmq4"
)

// turns sends each message to one peer, in turn. It has one DEALER socket per
// peer, because a DEALER socket sends every message to all its peers.
type turns struct {
	dealers []zmq4.Socket
	next    int
}

// send sends to the next peer, or to the one after it if that peer is gone.
func (t *turns) send(msg zmq4.Msg) error {
	err := errors.New("no peer")
	for range t.dealers {
		dealer := t.dealers[t.next%len(t.dealers)]
		t.next++
		if err = dealer.SendMulti(msg); err == nil {
			return nil
		}
	}
	return err
}
