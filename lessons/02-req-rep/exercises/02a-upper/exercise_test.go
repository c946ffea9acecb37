package upper

import (
	"context"
	"testing"

	"zeromq-lessons/internal/exercise"
)

func TestExercise(t *testing.T) {
	type serve = func(ctx context.Context, endpoint string) error
	exercise.Test(t, exercise.Exercise[serve]{
		Stub:     Serve,
		Solution: solution,
		Right:    map[string]serve{"polls": rightPolls},
		Wrong: []exercise.Wrong[serve]{
			{Name: "echo", Attempt: wrongEcho, Message: `request: "World"\ngot:     "World"\nwant:    "WORLD"`},
			{Name: "ascii only", Attempt: wrongAsciiOnly, Message: `got:     "ZOë"\nwant:    "ZOË"`},
			{Name: "once", Attempt: wrongOnce, Message: `returned before its context ended`},
			{Name: "own endpoint", Attempt: wrongEndpoint, Message: `No server answers at the endpoint tcp://.*\nYour program is still waiting in Recv, at solution_test.go:\d+`},
			{Name: "receives twice", Attempt: wrongTwice, Message: `Your program is still waiting in Recv, at wrong_test.go:\d+`},
			{Name: "left open", Attempt: wrongOpen, Message: `left a socket open`},
			{Name: "sends twice", Attempt: wrongSendsTwice, Message: `request: "Zoë"\ngot:     "WORLD"\nwant:    "ZOË"\n.*one more reply to the previous request`},
			{Name: "an error", Attempt: wrongError, Message: `The context ended, and your server returned\ngot:     context canceled\nwant:    nil`},
			{Name: "first frame", Attempt: wrongFirstFrame, Message: `index out of range.*\nat wrong_test.go:\d+\nafter the request: a message without frames`},
		},
		Try: func(t *exercise.Try, serve serve) {
			endpoint, stop := t.Serve(serve)
			for _, request := range []struct{ text, want string }{{"World", "WORLD"}, {"Zoë", "ZOË"}} {
				t.Reply(request.text, t.Ask(endpoint, request.text), request.want)
			}
			t.Ask(endpoint) // a message without frames
			stop()
		},
		Learned: "You can write a server that runs until you stop it: the core of every service.",
	})
}
