package freeport

import (
	"context"

	"github.com/go-zeromq/zmq4"
)

// The port is not free when the second server wants it.
func wrongFixedPort(ctx context.Context) (rep zmq4.Socket, endpoint string, err error) {
	rep = zmq4.NewRep(ctx)
	if err := rep.Listen("tcp://127.0.0.1:18765"); err != nil {
		return nil, "", err
	}
	return rep, "tcp://127.0.0.1:18765", nil
}

// Port 0 is where to bind, not where to connect.
func wrongPortZero(ctx context.Context) (rep zmq4.Socket, endpoint string, err error) {
	rep = zmq4.NewRep(ctx)
	if err := rep.Listen("tcp://127.0.0.1:0"); err != nil {
		return nil, "", err
	}
	return rep, "tcp://127.0.0.1:0", nil
}

// An address is not yet an endpoint.
func wrongNoTransport(ctx context.Context) (rep zmq4.Socket, endpoint string, err error) {
	rep = zmq4.NewRep(ctx)
	if err := rep.Listen("tcp://127.0.0.1:0"); err != nil {
		return nil, "", err
	}
	return rep, rep.Addr().String(), nil
}

// Before Listen there is no address.
func wrongTooEarly(ctx context.Context) (rep zmq4.Socket, endpoint string, err error) {
	rep = zmq4.NewRep(ctx)
	endpoint = "tcp://" + rep.Addr().String()
	return rep, endpoint, rep.Listen("tcp://127.0.0.1:0")
}
