package threetries

import (
	"context"
	"testing"
	"time"

	"zeromq-lessons/internal/exercise"
)

func TestExercise(t *testing.T) {
	type ask = func(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error)
	exercise.Test(t, exercise.Exercise[ask]{
		Stub:     AskThrice,
		Solution: solution,
		Right:    map[string]ask{"pauses": rightPauses},
		Wrong: []exercise.Wrong[ask]{
			{Name: "one context", Attempt: wrongOneContext, Message: `A try may take 400ms.\nYour program is still waiting in Recv, at wrong_test.go:\d+`},
			{Name: "one timeout", Attempt: wrongOneTimeout, Message: `3 tries, each without a reply.*\n.*number of requests: 1`},
			{Name: "no deadline", Attempt: wrongNoDeadline, Message: `The context ended during the first try.\nYour program is still waiting in Recv, at wrong_test.go:\d+`},
			{Name: "no error", Attempt: wrongNoError, Message: `AskThrice returned no error`},
			{Name: "sleep", Attempt: wrongSleep, Message: `The context ended during the first try.\nYour program is sleeping, at wrong_test.go:\d+`},
			{Name: "checks before it sleeps", Attempt: wrongChecksFirst, Message: `The context ended between two tries.\nYour program is sleeping, at wrong_test.go:\d+`},
			{Name: "twice", Attempt: wrongTwice, Message: `number of requests: 2`},
		},
		Try: func(t *exercise.Try, ask ask) {
			start := func(ctx context.Context, endpoint string, perTry time.Duration) (returned chan error) {
				returned = make(chan error, 1)
				go func() {
					_, err := ask(ctx, endpoint, "Ada", perTry)
					returned <- err
				}()
				return returned
			}

			server := t.Server(func(frames []string) []string { return []string{"Hello, " + frames[0] + "!"} })
			reply, err := ask(context.Background(), server, "Ada", time.Minute)
			t.Err(err)
			t.Reply("Ada", []string{reply}, "Hello, Ada!")

			// Without a reply, there are three tries.
			const perTry = 400 * time.Millisecond
			endpoint, requests := t.Silent()
			t.Now("The server never replies. A try may take 400ms.")
			if _, err := ask(context.Background(), endpoint, "Ada", perTry); err == nil {
				t.Fail("The server never replies, but AskThrice returned no error.")
			}
			t.Requests("3 tries, each without a reply", len(requests), 3)

			// The context ends while the first try waits.
			endpoint, requests = t.Silent()
			ctx, cancel := context.WithCancel(context.Background())
			returned := start(ctx, endpoint, time.Minute)
			t.Now("A server received no request.")
			<-requests
			t.Now("The context ended during the first try.")
			if t.Cancel(cancel, returned) == nil {
				t.Fail("The context ended, but AskThrice returned no error.")
			}
			t.Requests("The context ended during the first try.", 1+len(requests), 1)

			// Every try fails immediately. If there is a pause between two of them, the
			// context ends during the pause.
			ctx, cancel = context.WithCancel(context.Background())
			returned = start(ctx, t.Accept(func() {}), time.Minute)
			t.Now("The server closes every connection.")
			if t.Pauses(returned) {
				t.Now("The context ended between two tries.")
			}
			if t.Cancel(cancel, returned) == nil {
				t.Fail("Every try failed, but AskThrice returned no error.")
			}
		},
		Learned: "A retry does not make your users wait longer than you promised: there is one deadline for everything, and each try gets a part of it.",
	})
}
