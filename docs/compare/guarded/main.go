// Guarded does the same as zmq4, with the guard of lesson 07 on both sides.
package main

import (
	"context"
	"log"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/docs/compare/peer"
	"zeromq-lessons/lessons/07-strangers/guard"
)

func main() {
	if err := guard.Register("guard", guard.Limits{MaxMsgSize: peer.MaxSize}); err != nil {
		log.Fatal(err)
	}
	peer.Main(serve, dial)
}

func serve() (addr string, err error) {
	rep := zmq4.NewRep(context.Background())
	if err := rep.Listen("guard://127.0.0.1:0"); err != nil {
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
	}, req.Dial("guard://" + addr)
}
