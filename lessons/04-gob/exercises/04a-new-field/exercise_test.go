package newfield

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"testing"

	"zeromq-lessons/internal/exercise"
)

func TestMain(m *testing.M) { exercise.Main(m, "../../server") }

// What the lesson's server replies.
type testReply struct {
	Squared struct {
		Rows, Cols int
		Values     []float64
	}
	Error string
}

// What a newer server would take a request for.
type testLabelled struct {
	Label      string
	Rows, Cols int
	Values     []float64
}

func TestExercise(t *testing.T) {
	type encode = func(label string, rows, cols int, values []float64) ([]byte, error)
	exercise.Test(t, exercise.Exercise[encode]{
		Stub:     Encode,
		Solution: solution,
		Wrong: []exercise.Wrong[encode]{
			{Name: "nested", Attempt: wrongNested, Message: `got:     .*no fields matched`},
			{Name: "unexported", Attempt: wrongUnexported, Message: `a newer server.*\ngot:     .* labelled ""`},
			{Name: "two values", Attempt: wrongTwoValues, Message: `got:     .*non-struct`},
			{Name: "one encoder", Attempt: wrongOneEncoder, Message: `request: .*weights.*\ngot:`},
			{Name: "other type", Attempt: wrongOtherType, Message: `got:     .*wrong type`},
		},
		Try: func(t *exercise.Try, encode encode) {
			server := t.Server()
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
				request := fmt.Sprintf("%d x %d values %v labelled %q", m.rows, m.cols, m.values, m.label)

				var r testReply
				frames := t.Ask(server, string(data))
				if err := gob.NewDecoder(bytes.NewReader([]byte(frames[0]))).Decode(&r); err != nil {
					t.Fail("request: %s\ngot:     no reply in gob: %v", request, err)
				}
				got := r.Error
				if got == "" {
					got = fmt.Sprint(r.Squared.Rows, " x ", r.Squared.Cols, " values ", r.Squared.Values)
				}
				t.Reply(request, []string{got}, fmt.Sprint(m.rows, " x ", m.cols, " values ", m.squares))

				var l testLabelled
				if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&l); err != nil {
					t.Fail("A newer server cannot decode the request: %v", err)
				}
				t.Reply(request+" at a newer server",
					[]string{fmt.Sprintf("%v labelled %q", l.Values, l.Label)}, fmt.Sprintf("%v labelled %q", m.values, m.label))
			}
		},
		Learnt: "Clients and servers that use gob need not be updated on the same day: new fields do not disturb old programs.",
	})
}
