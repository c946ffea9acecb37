package newfield

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"testing"

	"zeromq-lessons/internal/exercise"
)

// testLabeled is the type into which a newer server decodes a request. An old
// server decodes it into a testMatrix.
type testLabeled struct {
	Label      string
	Rows, Cols int
	Values     []float64
}

// testSquare is the old server. It replies with text, because the exercise is
// only about the request.
func testSquare(frames []string) []string {
	var m testMatrix
	if err := gob.NewDecoder(bytes.NewReader([]byte(frames[0]))).Decode(&m); err != nil {
		return []string{"error: " + err.Error()}
	}
	for i := range m.Values {
		m.Values[i] *= m.Values[i]
	}
	return []string{fmt.Sprintf("%d x %d values %v", m.Rows, m.Cols, m.Values)}
}

func TestExercise(t *testing.T) {
	type encode = func(label string, rows, cols int, values []float64) ([]byte, error)
	exercise.Test(t, exercise.Exercise[encode]{
		Stub:     Encode,
		Solution: solution,
		Wrong: []exercise.Wrong[encode]{
			{Name: "nested", Attempt: wrongNested, Message: `got:     .*no fields matched`},
			{Name: "unexported", Attempt: wrongUnexported, Message: `a newer server.*\ngot:     .* labeled ""`},
			{Name: "two values", Attempt: wrongTwoValues, Message: `got:     .*non-struct`},
			{Name: "one encoder", Attempt: wrongOneEncoder, Message: `request: .*weights.*\ngot:`},
			{Name: "other type", Attempt: wrongOtherType, Message: `got:     .*wrong type`},
		},
		Try: func(t *exercise.Try, encode encode) {
			server := t.Server(testSquare)
			for _, m := range []struct {
				label           string
				rows, cols      int
				values, squares []float64
			}{
				{"prices", 1, 2, []float64{3, 5}, []float64{9, 25}},
				{"weights", 3, 1, []float64{1, 2, 4}, []float64{1, 4, 16}},
			} {
				data, err := encode(m.label, m.rows, m.cols, m.values)
				t.Err(err)
				request := fmt.Sprintf("%d x %d values %v labeled %q", m.rows, m.cols, m.values, m.label)
				t.Reply(request, t.Ask(server, string(data)), fmt.Sprintf("%d x %d values %v", m.rows, m.cols, m.squares))

				var l testLabeled
				if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&l); err != nil {
					t.Fail("A newer server cannot decode the request: %v", err)
				}
				t.Reply(request+" to a newer server",
					[]string{fmt.Sprintf("%v labeled %q", l.Values, l.Label)}, fmt.Sprintf("%v labeled %q", m.values, m.label))
			}
		},
		Learned: "You do not have to update clients and servers that use gob on the same day: old programs ignore new fields.",
	})
}
