package freeport

import (
	"context"
	"net"
	"strings"
	"testing"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/exercise"
)

func TestExercise(t *testing.T) {
	type bind = func(ctx context.Context) (rep zmq4.Socket, endpoint string, err error)
	exercise.Test(t, exercise.Exercise[bind]{
		Stub:     Bind,
		Solution: solution,
		Right:    map[string]bind{"localhost": rightLocalhost},
		Wrong: []exercise.Wrong[bind]{
			{Name: "fixed port", Attempt: wrongFixedPort, Message: `address already in use`},
			{Name: "port zero", Attempt: wrongPortZero, Message: `got:     "tcp://127.0.0.1:0"\nwant:    "tcp://127.0.0.1:\d{2,}"`},
			{Name: "no transport", Attempt: wrongNoTransport, Message: `got:     "127.0.0.1:\d+"\nwant:    "tcp://127.0.0.1:\d+"`},
			{Name: "too early", Attempt: wrongTooEarly, Message: `nil pointer dereference\nat wrong_test.go:\d+`},
			{Name: "everybody", Attempt: wrongEverybody, Message: `tcp://\[::\]:\d+ is not on 127.0.0.1`},
			{Name: "closed", Attempt: wrongClosed, Message: `No server answers at the endpoint tcp://127.0.0.1:\d+.\n`},
		},
		Try: func(t *exercise.Try, bind bind) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			rep, endpoint, err := bind(ctx)
			t.Err(err)
			if rep == nil || rep.Addr() == nil {
				t.Fail("The socket that Bind returns is not bound.")
			}
			address, isTCP := strings.CutPrefix(endpoint, "tcp://")
			host, port, _ := net.SplitHostPort(address)
			_, want, err := net.SplitHostPort(rep.Addr().String())
			t.Err(err)
			if !isTCP || port != want {
				t.Fail("Bind returned the endpoint\ngot:     %q\nwant:    %q", endpoint, "tcp://127.0.0.1:"+want)
			}
			if bound := rep.Addr().(*net.TCPAddr); !bound.IP.IsLoopback() {
				t.Fail("tcp://%s is not on 127.0.0.1: programs on other computers can connect.", bound)
			}
			if host != "localhost" && !net.ParseIP(host).IsLoopback() {
				t.Fail("Bind returned the endpoint\ngot:     %q\nwant:    %q", endpoint, "tcp://127.0.0.1:"+want)
			}
			if err := t.Dial(endpoint).Send(zmq4.NewMsgString("request")); err != nil {
				t.Fail("A client cannot send to the endpoint: %v", err)
			}
			t.Now("A client sent a request. Is the socket closed?")
			_, err = rep.Recv()
			t.Err(err)

			second, _, err := bind(ctx)
			if err != nil {
				t.Fail("A second call of Bind returned an error: %v", err)
			}
			second.Close()
			rep.Close()
		},
		Learned: "You can start any number of servers without choosing a port for each one, as tests do.",
	})
}
