package freeport

import (
	"context"
	"regexp"
	"testing"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/exercise"
)

func TestMain(m *testing.M) { exercise.Main(m, "../../client") }

func TestExercise(t *testing.T) {
	type bind = func(ctx context.Context) (rep zmq4.Socket, endpoint string, err error)
	exercise.Test(t, exercise.Exercise[bind]{
		Stub:     Bind,
		Solution: solution,
		Wrong: []exercise.Wrong[bind]{
			{Name: "fixed port", Attempt: wrongFixedPort, Message: `address already in use`},
			{Name: "port zero", Attempt: wrongPortZero, Message: `got:     "tcp://127.0.0.1:0"\nwant:    "tcp://127.0.0.1:\d{2,}"`},
			{Name: "no transport", Attempt: wrongNoTransport, Message: `got:     "127.0.0.1:\d+"\nwant:    "tcp://127.0.0.1:\d+"`},
			{Name: "too early", Attempt: wrongTooEarly, Message: `nil pointer dereference\nat wrong_test.go:\d+`},
		},
		Try: func(t *exercise.Try, bind bind) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			rep, endpoint, err := bind(ctx)
			t.Err(err)
			if rep == nil || rep.Addr() == nil {
				t.Fail("The socket that Bind returns is not bound.")
			}
			want := "tcp://" + rep.Addr().String()
			if endpoint != want {
				t.Fail("Bind returned the endpoint\ngot:     %q\nwant:    %q", endpoint, want)
			}
			if !regexp.MustCompile(`^tcp://127\.0\.0\.1:\d+$`).MatchString(endpoint) {
				t.Fail("%s is not on 127.0.0.1: others than this computer's programs can reach it.", endpoint)
			}
			t.Now("The lesson's client gets no answer. Has the socket been closed, or its context ended?")
			t.Client(endpoint)
			t.PythonClient(endpoint)
			t.Now("")

			second, _, err := bind(ctx)
			if err != nil {
				t.Fail("A second server finds no port: %v", err)
			}
			second.Close()
			rep.Close()
		},
		Learnt: "You can start any number of servers without choosing a port for each: tests do it that way.",
	})
}
