package wait

import (
	"context"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/exercise"
	"zeromq-lessons/internal/lessontest"
)

func TestMain(m *testing.M) { exercise.Main(m, "../../server") }

func TestExercise(t *testing.T) {
	type connect = func(ctx context.Context, endpoint string) (zmq4.Socket, error)
	exercise.Test(t, exercise.Exercise[connect]{
		Stub:     Connect,
		Solution: solution,
		Wrong: []exercise.Wrong[connect]{
			{Name: "gives up", Attempt: givesUp, Message: `gave up.*connection refused`},
			{Name: "other context", Attempt: otherContext, Message: `still waits in Dial, at wrong_test.go:\d+`, Hangs: true},
			{Name: "own loop", Attempt: ownLoop, Message: `still waits in Dial, at wrong_test.go:\d+`, Hangs: true},
			{Name: "in the background", Attempt: inBackground, Message: `no server is there, but Connect`},
		},
		Try: func(t *exercise.Try, connect connect) {
			// The context ends, and no server was ever there.
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan error, 1)
			go func() {
				_, err := connect(ctx, lessontest.FreeEndpoint())
				done <- err
			}()
			// Without the option, Dial gives up after 2.5 seconds.
			select {
			case err := <-done:
				if err == nil {
					t.Fail("no server is there, but Connect returned no error.")
				}
				t.Todo(err)
				t.Fail("Connect gave up before the context ended: %v", err)
			case <-time.After(3500 * time.Millisecond):
			}
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
				req, err := connect(context.Background(), endpoint)
				t.Err(err)
				req.Close()
			}
		},
		Learnt: "You can start programs in any order: a service that waits for another one needs nothing else.",
	})
}
