package float32s

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"zeromq-lessons/internal/exercise"
)

func TestExercise(t *testing.T) {
	type square = func(data []byte) []byte
	exercise.Test(t, exercise.Exercise[square]{
		Stub:     Square,
		Solution: solution,
		Wrong: []exercise.Wrong[square]{
			{Name: "big endian", Attempt: wrongBigEndian, Message: `got:     "2 values .*\nwant:    "2 values 2.25 4, in bytes 00 00 10 40 00 00 80 40"`},
			{Name: "no bits", Attempt: wrongNoBits, Message: `got:     "2 values .*\nwant:    "2 values 2.25 4`},
			{Name: "eight bytes", Attempt: wrongEightBytes, Message: `got:     "2 values .*\nwant:    "2 values 2.25 4`},
			{Name: "widened", Attempt: wrongWidened, Message: `got:     "4 values .*\nwant:    "2 values 2.25 4`},
		},
		Try: func(t *exercise.Try, square square) {
			endpoint, stop := t.Serve(func(ctx context.Context, endpoint string) error {
				return serve(ctx, endpoint, square)
			})
			for _, exchange := range []struct{ values, squares []float32 }{
				{[]float32{1.5, -2}, []float32{2.25, 4}},
				{[]float32{0, 1e30}, []float32{0, float32(math.Inf(1))}},
			} {
				const header = `{"dtype": "<f4", "shape": [1, 2], "order": "C"}`
				frames := t.Ask(endpoint, header, string(testEncode(exchange.values)))
				t.Reply(testText(testEncode(exchange.values)), []string{testText([]byte(frames[1]))}, testText(testEncode(exchange.squares)))
			}
			stop()
		},
		Learned: "You can read and write the arrays of any program that describes their layout: numpy, a C library, a sensor.",
	})
}

func testEncode(values []float32) []byte {
	data, err := binary.Append(nil, binary.LittleEndian, values)
	if err != nil {
		panic(err) // cannot happen: float32 has a fixed size
	}
	return data
}

func testText(data []byte) string {
	values := make([]float32, len(data)/4)
	if _, err := binary.Decode(data, binary.LittleEndian, values); err != nil {
		panic(err) // cannot happen, as above
	}
	s := fmt.Sprintf("%d values", len(values))
	for _, v := range values {
		s += fmt.Sprint(" ", v)
	}
	return s + fmt.Sprintf(", in bytes % x", data)
}
