package checksum

import (
	"context"
	"testing"

	"zeromq-lessons/internal/exercise"
)

func TestExercise(t *testing.T) {
	type open = func([][]byte) ([][]byte, error)
	exercise.Test(t, exercise.Exercise[open]{
		Stub:     Open,
		Solution: solution,
		Wrong: []exercise.Wrong[open]{
			{Name: "trusting", Attempt: wrongTrusting, Message: `request: "a damaged matrix"\ngot:     .*\nwant:    a reply that begins with "damaged: "`},
			{Name: "only last", Attempt: wrongOnlyLast, Message: `request: "a 1 x 1 matrix"\ngot:     "damaged: the checksum does not match"`},
			{Name: "little endian", Attempt: wrongLittleEndian, Message: `request: "a 1 x 1 matrix"\ngot:     "damaged: the checksum does not match"`},
			{Name: "short frame", Attempt: wrongShortFrame, Message: `index out of range.*\nat wrong_test.go:\d+\nafter the request: .*, "ab"`},
			{Name: "long frame", Attempt: wrongLongFrame, Message: `request: "a last frame of 5 bytes"\ngot:     .*\nwant:    a reply that begins with "damaged: "`},
			{Name: "all frames", Attempt: wrongAllFrames, Message: `request: "a 1 x 1 matrix"\ngot:     .*error`},
		},
		Try: func(t *exercise.Try, open open) {
			// The server behind the gateway knows only the square of 3.
			const header = `{"dtype": "<f8", "shape": [1, 1], "order": "C"}`
			three, nine := "\x00\x00\x00\x00\x00\x00\x08\x40", "\x00\x00\x00\x00\x00\x00\x22\x40"
			server := t.Server(func(frames []string) []string {
				if len(frames) != 2 || frames[0] != header || frames[1] != three {
					return []string{"error: a request is a header and data"}
				}
				return []string{header, nine}
			})
			gateway, stop := t.Serve(func(ctx context.Context, endpoint string) error {
				return serve(ctx, endpoint, server, open)
			})
			good := testTexts(seal([][]byte{[]byte(header), []byte(three)}))

			reply := t.Ask(gateway, good...)
			t.Reply("a 1 x 1 matrix", reply[:len(reply)-1], header, nine) // without its checksum

			damaged := []string{good[0], "\x01" + good[1][1:], good[2]}
			t.ReplyBegins("a damaged matrix", t.Ask(gateway, damaged...)[:1], "damaged: ")
			t.ReplyBegins("a last frame of 2 bytes", t.Ask(gateway, header, "ab")[:1], "damaged: ")
			t.ReplyBegins("a last frame of 5 bytes", t.Ask(gateway, good[0], good[1], good[2]+"!")[:1], "damaged: ")
			t.ReplyBegins("a message without frames", t.Ask(gateway)[:1], "damaged: ")
			stop()
		},
		Learned: "You can add a frame for a separate purpose, such as a checksum, a signature or a version, and leave the others unchanged.",
	})
}

func testTexts(frames [][]byte) []string {
	var list []string
	for _, frame := range frames {
		list = append(list, string(frame))
	}
	return list
}
