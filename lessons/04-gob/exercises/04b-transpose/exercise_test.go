package transpose

import (
	"bytes"
	"context"
	"encoding/gob"
	"fmt"
	"testing"

	"zeromq-lessons/internal/exercise"
)

func TestExercise(t *testing.T) {
	type transpose = func(Matrix) Matrix
	exercise.Test(t, exercise.Exercise[transpose]{
		Stub:     Transpose,
		Solution: solution,
		Wrong: []exercise.Wrong[transpose]{
			{Name: "only shape", Attempt: wrongOnlyShape, Message: `got:     "3 x 2 values \[1 2 3 4 5 6\]"\nwant:    "3 x 2 values \[1 4 2 5 3 6\]"`},
			{Name: "only values", Attempt: wrongOnlyValues, Message: `got:     "2 x 3 values \[1 4 2 5 3 6\]"`},
			{Name: "row length", Attempt: wrongRowLength, Message: `index out of range.*\nat wrong_test.go:\d+`},
			{Name: "in place", Attempt: wrongInPlace, Message: `got:     "3 x 2 values \[1 \d 2`},
		},
		Try: func(t *exercise.Try, transpose transpose) {
			endpoint, stop := t.Serve(func(ctx context.Context, endpoint string) error {
				return serve(ctx, endpoint, transpose)
			})
			for _, exchange := range []struct{ request, want Matrix }{
				{Matrix{2, 3, []float64{1, 2, 3, 4, 5, 6}}, Matrix{3, 2, []float64{1, 4, 2, 5, 3, 6}}},
				{Matrix{1, 3, []float64{7, 8, 9}}, Matrix{3, 1, []float64{7, 8, 9}}},
				{Matrix{2, 2, []float64{1, 2, 3, 4}}, Matrix{2, 2, []float64{1, 3, 2, 4}}},
			} {
				var data bytes.Buffer
				if err := gob.NewEncoder(&data).Encode(exchange.request); err != nil {
					t.Fail("%v", err)
				}
				var reply Matrix
				frames := t.Ask(endpoint, data.String())
				if err := gob.NewDecoder(bytes.NewReader([]byte(frames[0]))).Decode(&reply); err != nil {
					t.Fail("The reply is not a Matrix in gob: %v", err)
				}
				t.Reply(testText(exchange.request), []string{testText(reply)}, testText(exchange.want))
			}
			stop()
		},
		Learned: "You can turn any function from one Go value to another into a service.",
	})
}

func testText(m Matrix) string {
	return fmt.Sprintf("%d x %d values %v", m.Rows, m.Cols, m.Values)
}
