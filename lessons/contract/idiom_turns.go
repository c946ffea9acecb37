package main

import "github.com/go-zeromq/zmq4"

// turns sends each message to one peer, in turn. It has one DEALER socket per
// peer, because a DEALER socket sends every message to all its peers. Messages
// to a peer that has left are lost, usually without an error.
type turns struct {
	dealers []zmq4.Socket
	next    int
}

// send sends to the next peer.
func (t *turns) send(msg zmq4.Msg) error {
	dealer := t.dealers[t.next%len(t.dealers)]
	t.next++
	return dealer.SendMulti(msg)
}
