package threeservers

import (
	"context"
	"testing"

	"zeromq-lessons/internal/exercise"
	"zeromq-lessons/internal/lessontest"
)

func TestMain(m *testing.M) { exercise.Main(m, "../../server") }

func TestExercise(t *testing.T) {
	type ask = func(ctx context.Context, endpoints []string, name string) (string, error)
	exercise.Test(t, exercise.Exercise[ask]{
		Stub:     Ask,
		Solution: solution,
		Wrong: []exercise.Wrong[ask]{
			{Name: "first only", Attempt: wrongFirstOnly, Message: `returned an error: .*connection refused`},
			{Name: "left open", Attempt: wrongLeftOpen, Message: `left a socket open`},
			{Name: "never connected", Attempt: wrongNeverConnected, Message: `left a socket open`},
			{Name: "no error", Attempt: wrongNoError, Message: `No server is up, but Ask returned no error`},
			{Name: "wrong order", Attempt: wrongOrder, Message: `no connections available\n.*sends before it receives`},
		},
		Try: func(t *exercise.Try, ask ask) {
			ctx := t.Context()
			nobody := []string{lessontest.FreeEndpoint(), lessontest.FreeEndpoint()}
			for _, start := range []func() string{t.Server, t.PythonServer} {
				server := start()
				if server == "" {
					continue
				}
				t.WaitFor(server)
				reply, err := ask(ctx, append(nobody, server), "Ada")
				t.Err(err)
				t.Reply("Ada", []string{reply}, "Hello, Ada!")
			}
			if _, err := ask(ctx, nobody, "Ada"); err == nil {
				t.Fail("No server is up, but Ask returned no error.")
			}
		},
		Learnt: "You can keep several servers for one service, and a client goes on when one of them is down.",
	})
}
