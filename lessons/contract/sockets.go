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

// A probe runs in a process of its own, so it leaves its sockets to the
// process's end, and panics where something fails that it is not about.

// soon is how long a probe waits to say that a call blocks.
const soon = 500 * time.Millisecond

// bg is the context of all sockets but those that a probe ends by it.
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

// serve answers requests in the background.
func serve(answer func(request string) string) (endpoint string) {
	rep := zmq4.NewRep(bg)
	endpoint = listen(rep)
	go func() {
		for {
			send(rep, answer(recv(rep)))
		}
	}()
	return endpoint
}

func echo(request string) string { return request }

func say(answer string) func(string) string { return func(string) string { return answer } }

func send(s zmq4.Socket, frames ...string) { check(s.Send(zmq4.NewMsgFromString(frames))) }

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

// blocks reports whether the call still waits after that time. The channel
// gives its result.
func blocks(d time.Duration, call func() error) (bool, <-chan error) {
	result := make(chan error, 1)
	done := make(chan struct{})
	go func() {
		result <- call()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(d):
	}
	return len(result) == 0, result
}

// cutting passes on the first bytes of what a client sends, and then ends the
// connection.
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

// types are the types of sockets that there are.
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
	return fmt.Sprintf("%s, no other", strings.Join(list, " and "))
}
