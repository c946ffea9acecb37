package envelope

import (
	"context"
	"testing"

	"zeromq-lessons/internal/exercise"
)

func TestExercise(t *testing.T) {
	type reply = func(msg [][]byte) [][]byte
	exercise.Test(t, exercise.Exercise[reply]{
		Stub:     Reply,
		Solution: solution,
		Wrong: []exercise.Wrong[reply]{
			{Name: "two frames", Attempt: wrongTwoFrames, Message: `request: "id, hop, \(empty\), World"\n`},
			{Name: "last empty", Attempt: wrongLastEmpty, Message: `request: "Ada, \(empty\), Lovelace"\n`},
			{Name: "no delimiter", Attempt: wrongNoDelimiter, Message: `request: "id, \(empty\), World"\ngot:     "id", "Hello, World!"`},
			{Name: "identity only", Attempt: wrongIdentityOnly, Message: `request: "id, hop, \(empty\), World"\n`},
			{Name: "no request", Attempt: wrongNoRequest, Message: `request: "id, World"\n`},
		},
		Try: func(t *exercise.Try, reply reply) {
			for _, test := range []struct {
				request string
				msg     []string
				want    []string
			}{
				{"id, (empty), World", []string{"id", "", "World"}, []string{"id", "", "Hello, World!"}},
				{"id, hop, (empty), World", []string{"id", "hop", "", "World"}, []string{"id", "hop", "", "Hello, World!"}},
				{"id, World", []string{"id", "World"}, nil},
			} {
				t.Reply(test.request, call(reply, test.msg), test.want...)
			}
			endpoint, stop := t.Serve(func(ctx context.Context, endpoint string) error {
				return serve(ctx, endpoint, reply)
			})
			t.Reply("World", t.Ask(endpoint, "World"), "Hello, World!")
			t.Reply("Ada, Lovelace", t.Ask(endpoint, "Ada", "Lovelace"), "error: a request is one frame, not 2")
			t.Reply("Ada, (empty), Lovelace", t.Ask(endpoint, "Ada", "", "Lovelace"), "error: a request is one frame, not 3")
			stop()
		},
		Learned: "You can answer requests in any order, from as many goroutines as you like, so one slow request does not keep everyone waiting.",
	})
}

// call calls the attempt with a message that no peer has to send.
func call(reply func([][]byte) [][]byte, msg []string) (frames []string) {
	var in [][]byte
	for _, frame := range msg {
		in = append(in, []byte(frame))
	}
	for _, frame := range reply(in) {
		frames = append(frames, string(frame))
	}
	return frames
}
