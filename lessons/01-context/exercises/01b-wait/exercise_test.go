package wait

import (
	"context"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/exercise"
	"zeromq-lessons/internal/host"
)

func TestMain(m *testing.M) { exercise.Main(m, "../../server") }

func TestExercise(t *testing.T) {
	type connect = func(ctx context.Context, endpoint string) (zmq4.Socket, error)
	exercise.Test(t, exercise.Exercise[connect]{
		Stub:     Connect,
		Solution: solution,
		Wrong: []exercise.Wrong[connect]{
			{Name: "gives up", Attempt: wrongGivesUp, Message: `gave up.*connection refused`},
			{Name: "the lesson's", Attempt: wrongLessons, Message: `gave up.*connection refused`},
			{Name: "other context", Attempt: wrongOtherContext, Message: `The context has ended.\nAfter 10s your program still (waits in \w+|runs), at wrong_test.go:\d+`},
			{Name: "own loop", Attempt: wrongOwnLoop, Message: `still (waits in \w+|runs), at wrong_test.go:\d+`},
			{Name: "closed", Attempt: wrongClosed, Message: `a socket that cannot send: .*use of closed`},
			{Name: "left open", Attempt: wrongLeftOpen, Message: `left a socket open`},
			{Name: "in the background", Attempt: wrongInBackground, Message: `no server is there, but Connect`},
		},
		Try: func(t *exercise.Try, connect connect) {
			// The context ends, and no server was ever there.
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan error, 1)
			go func() {
				_, err := connect(ctx, host.FreeEndpoint())
				done <- err
			}()
			// Without the option, Dial gives up after 2.5 seconds, and with the
			// lesson's after 5.
			select {
			case err := <-done:
				if err == nil {
					t.Fail("no server is there, but Connect returned no error.")
				}
				t.Todo(err)
				t.Fail("Connect gave up before the context ended: %v", err)
			case <-time.After(5500 * time.Millisecond):
			}
			t.Now("The context has ended.")
			cancel()
			if err := <-done; err == nil {
				t.Fail("The context has ended, but Connect returned no error.")
			}

			// A server is there.
			for _, start := range []func() string{t.Server, t.PythonServer} {
				endpoint := start()
				if endpoint == "" {
					continue
				}
				t.Now("A server is there.")
				req, err := connect(context.Background(), endpoint)
				t.Err(err)
				req.Close()
			}
			endpoint, requests := t.Silent()
			req, err := connect(context.Background(), endpoint)
			t.Err(err)
			if err := req.Send(zmq4.NewMsgString("request")); err != nil {
				t.Fail("Connect returned a socket that cannot send: %v\nHas it been closed?", err)
			}
			<-requests
			req.Close()

			// What is no endpoint is no reason to wait.
			if _, err := connect(t.Context(), "127.0.0.1:5555"); err == nil {
				t.Fail("127.0.0.1:5555 is no endpoint, but Connect returned no error.")
			}
		},
		Learnt: "You can start programs in any order: a service that waits for another one needs nothing else.",
	})
}
