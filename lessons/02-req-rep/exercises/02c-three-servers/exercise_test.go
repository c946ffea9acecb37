package threeservers

import (
	"context"
	"testing"

	"zeromq-lessons/internal/exercise"
	"zeromq-lessons/internal/host"
)

func TestExercise(t *testing.T) {
	type ask = func(ctx context.Context, endpoints []string, name string) (string, error)
	exercise.Test(t, exercise.Exercise[ask]{
		Stub:     Ask,
		Solution: solution,
		Right:    map[string]ask{"one socket": rightOneSocket},
		Wrong: []exercise.Wrong[ask]{
			{Name: "first only", Attempt: wrongFirstOnly, Message: `returned an error: .*connection refused`},
			{Name: "left open", Attempt: wrongLeftOpen, Message: `left a socket open`},
			{Name: "never connected", Attempt: wrongNeverConnected, Message: `left a socket open`},
			{Name: "last", Attempt: wrongLast, Message: `connected to the third endpoint, although the second`},
			{Name: "all", Attempt: wrongAll, Message: `connected to the third endpoint, although the second`},
			{Name: "no error", Attempt: wrongNoError, Message: `No server is up, but Ask returned no error`},
			{Name: "no endpoints", Attempt: wrongNoEndpoints, Message: `There are no endpoints, but Ask returned "" and no error`},
			{Name: "wrong order", Attempt: wrongOrder, Message: `no connections available\n.*sends before it receives`},
			{Name: "tries again", Attempt: wrongTriesAgain, Message: `waiting in Dial, at wrong_test.go:\d+, although nothing is listening`},
		},
		Try: func(t *exercise.Try, ask ask) {
			ctx := t.Context()
			t.NoRetry()
			greet := func(frames []string) []string { return []string{"Hello, " + frames[0] + "!"} }
			nobody1, nobody2, server := host.FreeEndpoint(), host.FreeEndpoint(), t.Server(greet)
			third := t.Accept(func() {
				t.Fail("Your program connected to the third endpoint, although the second one has a server.")
			})

			t.Now("The third of three endpoints has a server.")
			reply, err := ask(ctx, []string{nobody1, nobody2, server}, "Ada")
			t.Err(err)
			t.Reply("Ada", []string{reply}, "Hello, Ada!")

			t.Now("The second of three endpoints has a server.")
			reply, err = ask(ctx, []string{nobody1, server, third}, "Ada")
			t.Err(err)
			t.Reply("Ada", []string{reply}, "Hello, Ada!")

			t.Now("No server is up.")
			if _, err := ask(ctx, []string{nobody1, nobody2}, "Ada"); err == nil {
				t.Fail("No server is up, but Ask returned no error.")
			}
			t.Now("There are no endpoints.")
			if reply, err := ask(ctx, nil, "Ada"); err == nil {
				t.Fail("There are no endpoints, but Ask returned %q and no error.", reply)
			}
		},
		Learned: "You can run several servers for one service, and clients keep working when one of them is down.",
	})
}
