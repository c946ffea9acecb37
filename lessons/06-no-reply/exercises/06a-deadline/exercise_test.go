package deadline

import (
	"context"
	"errors"
	"testing"

	"zeromq-lessons/internal/exercise"
)

func TestExercise(t *testing.T) {
	type ask = func(ctx context.Context, endpoint, request string) (string, error)
	exercise.Test(t, exercise.Exercise[ask]{
		Stub:     Ask,
		Solution: solution,
		Right:    map[string]ask{"goroutine": rightGoroutine, "polls": rightPolls},
		Wrong: []exercise.Wrong[ask]{
			{Name: "only the context", Attempt: wrongOnlyContext, Message: `The context ended.*\nYour program is still waiting in Recv, at wrong_test.go:\d+`},
			{Name: "option", Attempt: wrongOption, Message: `still waiting in Recv, at wrong_test.go:\d+`},
			{Name: "abandoned", Attempt: wrongAbandoned, Message: `still waiting, at wrong_test.go:\d+`},
			{Name: "channel", Attempt: wrongChannel, Message: `still waiting to send to a channel, at wrong_test.go:\d+`},
			{Name: "no error", Attempt: wrongNoError, Message: `The server closed the connection without a reply, but Ask returned "" and no error`},
			{Name: "context's error", Attempt: wrongContextError, Message: `The server closed the connection without a reply, but Ask returned "" and no error`},
			{Name: "closed", Attempt: wrongClosedError, Message: `Ask returned the error\ngot:     .*\nwant:    context canceled`},
		},
		Try: func(t *exercise.Try, ask ask) {
			server := t.Server(func(frames []string) []string { return []string{"Hello, " + frames[0] + "!"} })
			reply, err := ask(context.Background(), server, "Ada")
			t.Err(err)
			t.Reply("Ada", []string{reply}, "Hello, Ada!")

			t.Now("The server closed the connection without a reply.")
			if reply, err := ask(context.Background(), t.Leaving(), "Ada"); err == nil {
				t.Fail("The server closed the connection without a reply, but Ask returned %q and no error.", reply)
			}

			// The context ends while Ask waits for a reply.
			endpoint, requests := t.Silent()
			ctx, cancel := context.WithCancel(context.Background())
			returned := make(chan error, 1)
			go func() {
				_, err := ask(ctx, endpoint, "Ada")
				returned <- err
			}()
			t.Now("A server received no request.")
			<-requests
			t.Now("The context ended while Ask was waiting for the reply.")
			if err := t.Cancel(cancel, returned); !errors.Is(err, context.Canceled) {
				t.Fail("The context ended, but Ask returned the error\ngot:     %v\nwant:    %v", err, context.Canceled)
			}
		},
		Learned: "Your programs wait as long as they should and no longer: one second for a web page, or until Ctrl-C.",
	})
}
