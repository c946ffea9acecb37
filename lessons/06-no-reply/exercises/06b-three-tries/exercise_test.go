package threetries

import (
	"context"
	"testing"
	"time"

	"zeromq-lessons/internal/exercise"
)

func TestMain(m *testing.M) { exercise.Main(m, "../../server") }

func TestExercise(t *testing.T) {
	type ask = func(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error)
	exercise.Test(t, exercise.Exercise[ask]{
		Stub:     AskThrice,
		Solution: solution,
		Wrong: []exercise.Wrong[ask]{
			{Name: "one context", Attempt: wrongOneContext, Message: `A try may take 200ms.\nAfter 2s your program still waits in Recv, at wrong_test.go:\d+`, Hangs: true},
			{Name: "one timeout", Attempt: wrongOneTimeout, Message: `3 tries, each without a reply.*\n.*number of requests: 1`},
			{Name: "no whole", Attempt: wrongNoWhole, Message: `The context has ended during the first try.\nAfter 2s your program still waits in Recv, at wrong_test.go:\d+`, Hangs: true},
			{Name: "no error", Attempt: wrongNoError, Message: `AskThrice returned no error`},
			{Name: "twice", Attempt: wrongTwice, Message: `number of requests: 2`},
		},
		Try: func(t *exercise.Try, ask ask) {
			const perTry = 200 * time.Millisecond
			for _, start := range []func() string{t.Server, t.PythonServer} {
				server := start()
				if server == "" {
					continue
				}
				t.WaitFor(server)
				reply, err := ask(context.Background(), server, "Ada", time.Minute)
				t.Err(err)
				t.Reply("Ada", []string{reply}, "Hello, Ada!")
			}

			// No reply ever: three tries.
			endpoint, requests := t.Silent()
			t.Now("The server never replies. A try may take 200ms.")
			if _, err := ask(context.Background(), endpoint, "Ada", perTry); err == nil {
				t.Fail("The server never replies, but AskThrice returned no error.")
			}
			t.Requests("3 tries, each without a reply", len(requests), 3)

			// The whole ends while the first try waits.
			endpoint, requests = t.Silent()
			ctx, cancel := context.WithCancel(context.Background())
			seen := make(chan struct{})
			go func() {
				<-requests
				t.Now("The context has ended during the first try.")
				cancel()
				close(seen)
			}()
			if _, err := ask(ctx, endpoint, "Ada", time.Minute); err == nil {
				t.Fail("The context has ended, but AskThrice returned no error.")
			}
			<-seen
			t.Requests("the context ends during the first try", 1+len(requests), 1)
		},
		Learnt: "A retry does not make your users wait longer than you promised: the whole has one deadline, each try a part of it.",
	})
}
