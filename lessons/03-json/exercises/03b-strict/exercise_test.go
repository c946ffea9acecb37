package strict

import (
	"context"
	"testing"

	"zeromq-lessons/internal/exercise"
)

func TestExercise(t *testing.T) {
	type decode = func(data []byte) (Greeting, error)
	exercise.Test(t, exercise.Exercise[decode]{
		Stub:     Decode,
		Solution: solution,
		Wrong: []exercise.Wrong[decode]{
			{Name: "lenient", Attempt: wrongLenient, Message: `request: .*titel.*\ngot:     "Hello,  Lovelace!"\nwant:    a reply that begins with "error: "`},
			{Name: "first object", Attempt: wrongFirstObject, Message: `request: .*Byron.*\ngot:     "Hello, Lady Lovelace!"`},
			{Name: "only More", Attempt: wrongOnlyMore, Message: `request: .*} \].\ngot:     "Hello, Lady Lovelace!"`},
			{Name: "all fields", Attempt: wrongAllFields, Message: `request: .*\ngot:     "error: no title"\nwant:    "Hello,  Byron!"`},
		},
		Try: func(t *exercise.Try, decode decode) {
			endpoint, stop := t.Serve(func(ctx context.Context, endpoint string) error {
				return serve(ctx, endpoint, decode)
			})
			for _, good := range []struct{ request, reply string }{
				{`{"name": "Lovelace", "title": "Lady"}`, "Hello, Lady Lovelace!"},
				{`{"name": "Byron"}` + "\n", "Hello,  Byron!"},
			} {
				t.Reply(good.request, t.Ask(endpoint, good.request), good.reply)
			}
			for _, bad := range []string{
				`{"name": "Lovelace", "titel": "Lady"}`,
				`{"name": "Lovelace", "title": "Lady"} {"name": "Byron"}`,
				`{"name": "Lovelace", "title": "Lady"} ]`,
				`{"name": "Lovelace"`,
				`["Lovelace"]`,
			} {
				t.ReplyBegins(bad, t.Ask(endpoint, bad), "error: ")
			}
			stop()
		},
		Learned: "A client that misspells a field gets an error immediately, instead of a reply that ignores what it asked for.",
	})
}
