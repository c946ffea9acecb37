package count

import (
	"context"
	"fmt"
	"testing"

	"zeromq-lessons/internal/exercise"
)

func TestExercise(t *testing.T) {
	type serve = func(ctx context.Context, endpoint string) error
	exercise.Test(t, exercise.Exercise[serve]{
		Stub:     Serve,
		Solution: solution,
		Wrong: []exercise.Wrong[serve]{
			{Name: "one for all", Attempt: wrongOneForAll, Message: `request: "Grace"\ngot:     "Grace: 2"\nwant:    "Grace: 1"`},
			{Name: "forgetful", Attempt: wrongForgetful, Message: `request: "Ada"\ngot:     "Ada: 1"\nwant:    "Ada: 2"`},
			{Name: "one less", Attempt: wrongOneLess, Message: `request: "Ada"\ngot:     "Ada: 0"\nwant:    "Ada: 1"`},
			{Name: "nil map", Attempt: wrongNilMap, Message: `assignment to entry in nil map\nat wrong_test.go:\d+\nafter the request: "Ada"`},
			{Name: "goroutines", Attempt: wrongGoroutines, Message: `client \d of 8 at once|concurrent map|use the same variable|still waits in Recv`},
			{Name: "silent", Attempt: wrongSilent, Message: `still waiting in Recv, at wrong_test.go:\d+.*\n.*replies to every request`},
		},
		Try: func(t *exercise.Try, serve serve) {
			endpoint, stop := t.Serve(serve)
			for _, exchange := range []struct{ name, want string }{
				{"Ada", "Ada: 1"}, {"Grace", "Grace: 1"}, {"Ada", "Ada: 2"}, {"Ada", "Ada: 3"}, {"Grace", "Grace: 2"}, {"ada", "ada: 1"},
			} {
				t.Reply(exchange.name, t.Ask(endpoint, exchange.name), exchange.want)
			}
			t.Crowd(endpoint, func(name string, n int) string { return fmt.Sprintf("%s: %d", name, n) })
			stop()
		},
		Learned: "You can keep state between requests. One goroutine serves them, one at a time, so the map needs no lock.",
	})
}
