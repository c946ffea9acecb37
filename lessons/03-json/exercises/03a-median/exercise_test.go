package median

import (
	"context"
	"testing"

	"zeromq-lessons/internal/exercise"
)

func TestExercise(t *testing.T) {
	type sumUp = func(numbers []float64) Summary
	exercise.Test(t, exercise.Exercise[sumUp]{
		Stub:     SumUp,
		Solution: solution,
		Wrong: []exercise.Wrong[sumUp]{
			{Name: "unsorted", Attempt: wrongUnsorted, Message: `got: .*"median":1}.\nwant: .*"median":2}.`},
			{Name: "upper", Attempt: wrongUpper, Message: `got: .*"median":3}.\nwant: .*"median":2.5}.`},
			{Name: "always two", Attempt: wrongAlwaysTwo, Message: `got: .*"median":1.5}.\nwant: .*"median":2}.`},
			{Name: "from zero", Attempt: wrongFromZero, Message: `got: .*"max":0.*\nwant: .*"max":-1`},
			{Name: "only median", Attempt: wrongOnlyMedian, Message: `got: .*{"count":0,.*\nwant: .*{"count":3,`},
		},
		Try: func(t *exercise.Try, sumUp sumUp) {
			endpoint, stop := t.Serve(func(ctx context.Context, endpoint string) error {
				return serve(ctx, endpoint, sumUp)
			})
			for _, exchange := range []struct{ request, reply string }{
				{`{"numbers": [3, 1, 2]}`, `{"count":3,"sum":6,"mean":2,"min":1,"max":3,"median":2}`},
				{`{"numbers": [4, 1, 2, 3]}`, `{"count":4,"sum":10,"mean":2.5,"min":1,"max":4,"median":2.5}`},
				{`{"numbers": [-1, -3]}`, `{"count":2,"sum":-4,"mean":-2,"min":-3,"max":-1,"median":-2}`},
				{`{"numbers": [5, 0]}`, `{"count":2,"sum":5,"mean":2.5,"min":0,"max":5,"median":2.5}`},
				{`{"numbers": [7]}`, `{"count":1,"sum":7,"mean":7,"min":7,"max":7,"median":7}`},
			} {
				t.Reply(exchange.request, t.Ask(endpoint, exchange.request), exchange.reply)
			}
			stop()
		},
		Learned: "You can add a field to a reply, and old clients keep working because they ignore it: that is how JSON services grow.",
	})
}
