package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"time"

	"github.com/go-zeromq/zmq4"
)

// A probe runs in its own process, so it does not close its sockets, and it
// panics if something fails that it does not test.

// soon is how long a probe waits before it says that a call blocks.
const soon = 500 * time.Millisecond

// bg is the context of all sockets except those that a probe cancels.
var bg = context.Background()

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

// listen binds the socket to a free port and returns the endpoint.
func listen(s zmq4.Socket) (endpoint string) {
	check(s.Listen("tcp://127.0.0.1:0"))
	return "tcp://" + s.Addr().String()
}

func dial(s zmq4.Socket, endpoints ...string) zmq4.Socket {
	for _, endpoint := range endpoints {
		check(s.Dial(endpoint))
	}
	return s
}

// pair returns a REP and a REQ socket that is connected to it.
func pair() (rep, req zmq4.Socket) {
	rep = zmq4.NewRep(bg)
	return rep, dial(zmq4.NewReq(bg), listen(rep))
}

// rep returns a REP socket that answers requests in the background.
func rep(answer func(request string) string) zmq4.Socket {
	rep := zmq4.NewRep(bg)
	go func() {
		for {
			send(rep, answer(recv(rep)))
		}
	}()
	return rep
}

// serve starts a service that answers, and returns its endpoint.
func serve(answer func(request string) string) (endpoint string) { return listen(rep(answer)) }

// serveFor starts service number i of the client, and returns a function that
// stops it.
func serveFor(c *client, i int, answer func(request string) string) (stop func()) {
	ctx, cancel := context.WithCancel(bg)
	rep := zmq4.NewRep(ctx)
	go func() {
		for {
			msg, err := rep.Recv()
			if err != nil {
				return
			}
			rep.Send(zmq4.NewMsgString(answer(string(msg.Bytes()))))
		}
	}()
	c.join(i, rep)
	return func() {
		cancel()
		rep.Close()
	}
}

func echo(request string) string { return request }

func say(answer string) func(string) string { return func(string) string { return answer } }

// send sends a message. It retries on a REQ socket, because one that listens may
// not have noticed yet that a service has connected.
func send(s zmq4.Socket, frames ...string) {
	err := s.Send(zmq4.NewMsgFromString(frames))
	for end := time.Now().Add(patience / 2); err != nil && s.Type() == zmq4.Req && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
		err = s.Send(zmq4.NewMsgFromString(frames))
	}
	check(err)
}

func recv(s zmq4.Socket) string {
	msg, err := s.Recv()
	check(err)
	return string(msg.Bytes())
}

// exchange sends a request and receives its reply.
func exchange(req zmq4.Socket, request string) (reply string) {
	send(req, request)
	return recv(req)
}

// pending is a call that runs in the background. It delivers the call's error.
type pending chan error

func background(call func() (string, error)) pending {
	result := make(pending, 1)
	go func() {
		_, err := call()
		result <- err
	}()
	return result
}

// returns reports whether the call returns within this time.
func (p pending) returns(d time.Duration) bool {
	select {
	case err := <-p:
		p <- err
		return true
	case <-time.After(d):
		return false
	}
}

// cutting starts a proxy that forwards the first bytes that a client sends, and
// then closes the connection.
func cutting(endpoint string, bytes int64) (proxy string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go func() {
		client, err := l.Accept()
		check(err)
		service, err := net.Dial("tcp", strings.TrimPrefix(endpoint, "tcp://"))
		check(err)
		go io.Copy(client, service)
		_, err = io.CopyN(service, client, bytes)
		check(err)
		service.Close()
		client.Close()
	}()
	return "tcp://" + l.Addr().String()
}

// types are all the socket types.
var types = []func(context.Context, ...zmq4.Option) zmq4.Socket{
	zmq4.NewReq, zmq4.NewRep, zmq4.NewDealer, zmq4.NewRouter, zmq4.NewPub, zmq4.NewSub,
	zmq4.NewXPub, zmq4.NewXSub, zmq4.NewPush, zmq4.NewPull, zmq4.NewPair,
}

var quiet = zmq4.WithLogger(log.New(io.Discard, "", 0))

// peers lists the types of sockets that this type of socket may dial.
func peers(newSocket func(context.Context, ...zmq4.Option) zmq4.Socket) string {
	var list []string
	for _, newPeer := range types {
		peer := newPeer(bg, quiet)
		if newSocket(bg).Dial(listen(peer)) == nil {
			list = append(list, string(peer.Type()))
		}
	}
	return fmt.Sprintf("only %s", strings.Join(list, " and "))
}
