package wait

import (
	"context"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/exercise"
	"zeromq-lessons/internal/host"
)

func TestExercise(t *testing.T) {
	type connect = func(ctx context.Context, endpoint string) (zmq4.Socket, error)
	exercise.Test(t, exercise.Exercise[connect]{
		Stub:     Connect,
		Solution: solution,
		Right:    map[string]connect{"own loop": rightOwnLoop},
		Wrong: []exercise.Wrong[connect]{
			{Name: "gives up", Attempt: wrongGivesUp, Message: `gave up.*connection refused`},
			{Name: "the lesson's", Attempt: wrongLessons, Message: `gave up.*connection refused`},
			{Name: "other context", Attempt: wrongOtherContext, Message: `The context ended\.\nYour program is still waiting in Dial, at wrong_test.go:\d+`},
			{Name: "own loop", Attempt: wrongOwnLoop, Message: `The context ended\.\nYour program is still (waiting in \w+|running), at wrong_test.go:\d+`},
			{Name: "any error", Attempt: wrongAnyError, Message: `"127.0.0.1:5555" is malformed.*\nYour program is still waiting, at wrong_test.go:\d+`},
			{Name: "closed", Attempt: wrongClosed, Message: `a socket that cannot send: .*use of closed`},
			{Name: "left open", Attempt: wrongLeftOpen, Message: `left a socket open`},
			{Name: "in the background", Attempt: wrongInBackground, Message: `There is no server, but Connect returned no error`},
		},
		Try: func(t *exercise.Try, connect connect) {
			t.Simulate(func() {
				// There is no server, and after five minutes the context ends.
				ctx, cancel := context.WithCancel(context.Background())
				returned := make(chan error, 1)
				go func() {
					_, err := connect(ctx, host.FreeEndpoint())
					returned <- err
				}()
				t.Now("There is no server.")
				select {
				case err := <-returned:
					if err == nil {
						t.Fail("There is no server, but Connect returned no error.")
					}
					t.Fail("Connect gave up before the context ended: %v", err)
				case <-time.After(5 * time.Minute):
				}
				t.Now("The context ended.")
				cancel()
				if t.Within(5*time.Minute, returned) == nil {
					t.Fail("The context ended, but Connect returned no error.")
				}

				// Waiting does not help if the endpoint is malformed.
				t.Now(`The endpoint "127.0.0.1:5555" is malformed: it has no transport. Trying again will not help.`)
				go func() {
					_, err := connect(t.Context(), "127.0.0.1:5555")
					returned <- err
				}()
				if t.Within(5*time.Minute, returned) == nil {
					t.Fail(`The endpoint "127.0.0.1:5555" is malformed, but Connect returned no error.`)
				}
			})

			// The server is running.
			endpoint, requests := t.Silent()
			t.Now("The server is running.")
			req, err := connect(context.Background(), endpoint)
			t.Err(err)
			if err := req.Send(zmq4.NewMsgString("request")); err != nil {
				t.Fail("Connect returned a socket that cannot send: %v\nIs it closed?", err)
			}
			<-requests
			req.Close()
		},
		Learned: "You can start your programs in any order, because a client waits for its server.",
	})
}
