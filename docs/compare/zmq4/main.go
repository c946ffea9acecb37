// Zmq4 compares a REP socket and REQ sockets of go-zeromq/zmq4.
package main

import (
	"context"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/docs/compare/peer"
)

func main() { peer.Main(serve, dial) }

func serve() (addr string, err error) {
	rep := zmq4.NewRep(context.Background())
	if err := rep.Listen("tcp://127.0.0.1:0"); err != nil {
		return "", err
	}
	go func() {
		for {
			if msg, err := rep.Recv(); err == nil {
				rep.SendMulti(msg)
			}
		}
	}()
	return rep.Addr().String(), nil
}

func dial(addr string, size int) (peer.Trip, error) {
	req := zmq4.NewReq(context.Background())
	body := make([]byte, size)
	return func() error {
		if err := req.SendMulti(zmq4.NewMsg(body)); err != nil {
			return err
		}
		msg, err := req.Recv()
		if err != nil {
			return err
		}
		return peer.Same(len(msg.Bytes()), size)
	}, req.Dial("tcp://" + addr)
}
