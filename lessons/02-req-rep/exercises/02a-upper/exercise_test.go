package upper

import (
	"context"
	"testing"

	"zeromq-lessons/internal/exercise"
)

func TestMain(m *testing.M) { exercise.Main(m, "../../client") }

func TestExercise(t *testing.T) {
	type serve = func(ctx context.Context, endpoint string) error
	exercise.Test(t, exercise.Exercise[serve]{
		Stub:     Serve,
		Solution: solution,
		Wrong: []exercise.Wrong[serve]{
			{Name: "echo", Attempt: wrongEcho, Message: `request: "World"\ngot:     "World"\nwant:    "WORLD"`},
			{Name: "ascii only", Attempt: wrongAsciiOnly, Message: `got:     "ZOë"\nwant:    "ZOË"`},
			{Name: "once", Attempt: wrongOnce, Message: `returned before its context ended`},
			{Name: "own endpoint", Attempt: wrongEndpoint, Message: `Nobody answers at the endpoint that your server was given.\nAfter 2s your program still waits in Recv, at solution_test.go:\d+`, Hangs: true},
			{Name: "receives twice", Attempt: wrongTwice, Message: `still waits in Recv, at wrong_test.go:\d+`, Hangs: true},
			{Name: "left open", Attempt: wrongOpen, Message: `left a socket open`},
			{Name: "sends twice", Attempt: wrongSendsTwice, Message: `request: "Zoë"\ngot:     "WORLD"\nwant:    "ZOË"\n.*reply to the request before`},
			{Name: "an error", Attempt: wrongError, Message: `The context has ended, and your server returned\ngot:     context canceled\nwant:    nil`},
			{Name: "first frame", Attempt: wrongFirstFrame, Message: `index out of range.*\nafter the request: a message of no frame\nat wrong_test.go:\d+`},
		},
		Try: func(t *exercise.Try, serve serve) {
			endpoint, stop := t.Serve(serve)
			for _, request := range []struct{ text, want string }{{"World", "WORLD"}, {"Zoë", "ZOË"}} {
				t.Reply(request.text, t.Ask(endpoint, request.text), request.want)
			}
			t.Ask(endpoint) // a message of no frame
			t.Client(endpoint)
			t.PythonClient(endpoint)
			stop()
		},
		Learnt: "You can write a server that goes on for ever and ends when it should: the frame of every service.",
	})
}
