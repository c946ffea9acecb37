package deadline

import (
	"context"
	"errors"
	"testing"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/exercise"
)

func TestMain(m *testing.M) { exercise.Main(m, "../../server") }

func TestExercise(t *testing.T) {
	type ask = func(ctx context.Context, endpoint, request string) (string, error)
	exercise.Test(t, exercise.Exercise[ask]{
		Stub:     Ask,
		Solution: solution,
		Wrong: []exercise.Wrong[ask]{
			{Name: "context alone", Attempt: wrongContextAlone, Message: `The context has ended.*\nAfter 2s your program still waits in Recv, at wrong_test.go:\d+`, Hangs: true},
			{Name: "option", Attempt: wrongOption, Message: `still waits in Recv, at wrong_test.go:\d+`, Hangs: true},
			{Name: "abandoned", Attempt: wrongAbandoned, Message: `still waits at wrong_test.go:\d+`},
			{Name: "channel", Attempt: wrongChannel, Message: `still waits to send to a channel, at wrong_test.go:\d+`},
			{Name: "no error", Attempt: wrongNoError, Message: `The server has ended without a reply, and Ask returned "" and no error`},
			{Name: "context's error", Attempt: wrongContextError, Message: `The server has ended without a reply, and Ask returned "" and no error`},
			{Name: "closed", Attempt: wrongClosedError, Message: `Ask returned the error\ngot:     .*\nwant:    context canceled`},
		},
		Try: func(t *exercise.Try, ask ask) {
			for _, start := range []func() string{t.Server, t.PythonServer} {
				server := start()
				if server == "" {
					continue
				}
				t.WaitFor(server)
				reply, err := ask(context.Background(), server, "Ada")
				t.Err(err)
				t.Reply("Ada", []string{reply}, "Hello, Ada!")
			}

			// A server that takes the request and ends.
			rep := zmq4.NewRep(context.Background())
			t.Err(rep.Listen("tcp://127.0.0.1:0"))
			go func() {
				rep.Recv()
				rep.Close()
			}()
			t.Now("The server has ended without a reply.")
			if reply, err := ask(context.Background(), "tcp://"+rep.Addr().String(), "Ada"); err == nil {
				t.Fail("The server has ended without a reply, and Ask returned %q and no error.", reply)
			}

			// A server that takes the request and says nothing.
			endpoint, requests := t.Silent()
			ctx, cancel := context.WithCancel(context.Background())
			go func() {
				<-requests
				cancel()
			}()
			t.Now("The context has ended while Ask waits for the reply.")
			if _, err := ask(ctx, endpoint, "Ada"); !errors.Is(err, context.Canceled) {
				t.Fail("The context has ended, and Ask returned the error\ngot:     %v\nwant:    %v", err, context.Canceled)
			}
		},
		Learnt: "A program of yours waits as long as it should, and no longer: for a page that must be there in a second, or until Ctrl-C.",
	})
}
