package threeservers

import (
	"context"
	"testing"

	"zeromq-lessons/internal/exercise"
	"zeromq-lessons/internal/host"
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
			{Name: "last", Attempt: wrongLast, Message: `The second of three endpoints has a server.\nAfter 2s your program still waits in Recv, at (wrong|solution)_test.go:\d+`, Hangs: true},
			{Name: "no error", Attempt: wrongNoError, Message: `No server is up, but Ask returned no error`},
			{Name: "wrong order", Attempt: wrongOrder, Message: `no connections available\n.*sends before it receives`},
		},
		Try: func(t *exercise.Try, ask ask) {
			ctx := t.Context()
			nobody := []string{host.FreeEndpoint(), host.FreeEndpoint()}
			for _, start := range []func() string{t.Server, t.PythonServer} {
				server := start()
				if server == "" {
					continue
				}
				t.WaitFor(server)
				reply, err := ask(ctx, append(nobody, server), "Ada")
				t.Err(err)
				t.Reply("Ada", []string{reply}, "Hello, Ada!")

				silent, requests := t.Silent()
				t.Now("The second of three endpoints has a server.")
				reply, err = ask(ctx, []string{nobody[0], server, silent}, "Ada")
				t.Err(err)
				t.Reply("Ada", []string{reply}, "Hello, Ada!")
				t.Requests("The second of three endpoints has a server, and so has the third.", len(requests), 0)
			}
			if _, err := ask(ctx, nobody, "Ada"); err == nil {
				t.Fail("No server is up, but Ask returned no error.")
			}
		},
		Learnt: "You can keep several servers for one service, and a client goes on when one of them is down.",
	})
}
