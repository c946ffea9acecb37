package freeport

import (
	"context"
	"strings"

	"github.com/go-zeromq/zmq4"
)

// The second server cannot bind to the same port.
func wrongFixedPort(ctx context.Context) (rep zmq4.Socket, endpoint string, err error) {
	rep = zmq4.NewRep(ctx)
	if err := rep.Listen("tcp://127.0.0.1:18765"); err != nil {
		return nil, "", err
	}
	return rep, "tcp://127.0.0.1:18765", nil
}

// It returns port 0, to which a client cannot connect.
func wrongPortZero(ctx context.Context) (rep zmq4.Socket, endpoint string, err error) {
	rep = zmq4.NewRep(ctx)
	if err := rep.Listen("tcp://127.0.0.1:0"); err != nil {
		return nil, "", err
	}
	return rep, "tcp://127.0.0.1:0", nil
}

// It returns an address, which is not an endpoint.
func wrongNoTransport(ctx context.Context) (rep zmq4.Socket, endpoint string, err error) {
	rep = zmq4.NewRep(ctx)
	if err := rep.Listen("tcp://127.0.0.1:0"); err != nil {
		return nil, "", err
	}
	return rep, rep.Addr().String(), nil
}

// It asks for the address before Listen, when there is none.
func wrongTooEarly(ctx context.Context) (rep zmq4.Socket, endpoint string, err error) {
	rep = zmq4.NewRep(ctx)
	endpoint = "tcp://" + rep.Addr().String()
	return rep, endpoint, rep.Listen("tcp://127.0.0.1:0")
}

// Its socket accepts connections from other computers.
func wrongEverybody(ctx context.Context) (rep zmq4.Socket, endpoint string, err error) {
	rep = zmq4.NewRep(ctx)
	if err := rep.Listen("tcp://*:0"); err != nil {
		return nil, "", err
	}
	return rep, strings.Replace("tcp://"+rep.Addr().String(), "[::]", "127.0.0.1", 1), nil
}

// Its deferred Close runs before the caller can use the socket.
func wrongClosed(ctx context.Context) (rep zmq4.Socket, endpoint string, err error) {
	rep = zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen("tcp://127.0.0.1:0"); err != nil {
		return nil, "", err
	}
	return rep, "tcp://" + rep.Addr().String(), nil
}

// This one is right: localhost is 127.0.0.1.
func rightLocalhost(ctx context.Context) (rep zmq4.Socket, endpoint string, err error) {
	rep = zmq4.NewRep(ctx)
	if err := rep.Listen("tcp://localhost:0"); err != nil {
		return nil, "", err
	}
	_, port, _ := strings.Cut(rep.Addr().String(), ":")
	return rep, "tcp://localhost:" + port, nil
}
