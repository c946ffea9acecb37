package idle

import (
	"context"
	"strings"
	"testing"

	"zeromq-lessons/internal/exercise"
)

func TestExercise(t *testing.T) {
	type tell = func(p *Pool, event, worker string) string
	exercise.Test(t, exercise.Exercise[tell]{
		Stub:     (*Pool).Tell,
		Solution: solution,
		Wrong: []exercise.Wrong[tell]{
			{Name: "last", Attempt: wrongLast, Message: `request: "request"\ngot:     "b"\nwant:    "a"`},
			{Name: "rotates", Attempt: wrongRotates, Message: `request: "request"\ngot:     "a"\nwant:    "c"`},
			{Name: "twice", Attempt: wrongTwice, Message: `request: "request"\ngot:     "c"\nwant:    "error: no worker is idle"`},
			{Name: "loses its place", Attempt: wrongLosesPlace, Message: `request: "request"\ngot:     "b"\nwant:    "c"`},
			{Name: "bye", Attempt: wrongBye, Message: `request: "request"\ngot:     "error: no worker is idle"\nwant:    "c"`},
		},
		Try: func(t *exercise.Try, tell tell) {
			endpoint, stop := t.Serve(func(ctx context.Context, endpoint string) error {
				return serve(ctx, endpoint, tell)
			})
			for _, talk := range []struct{ say, want string }{
				{"request", "error: no worker is idle"},
				{"ready a", "ok"}, {"ready b", "ok"}, {"request", "a"},
				{"ready c", "ok"}, {"request", "b"}, {"request", "c"}, {"request", "error: no worker is idle"},
				{"ready c", "ok"}, {"ready b", "ok"}, {"ready c", "ok"}, {"request", "c"}, {"request", "b"},
				{"request", "error: no worker is idle"},
				{"ready c", "ok"}, {"ready b", "ok"}, {"bye b", "ok"}, {"bye a", "ok"}, {"request", "c"},
				{"request", "error: no worker is idle"},
			} {
				t.Reply(talk.say, t.Ask(endpoint, strings.Fields(talk.say)...), talk.want)
			}
			stop()
		},
		Learned: "You can share work among as many programs as there are: the heart of every load balancer.",
	})
}
