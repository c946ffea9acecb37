package once

import (
	"context"
	"testing"

	"zeromq-lessons/internal/exercise"
)

func TestMain(m *testing.M) { exercise.Main(m) }

func TestExercise(t *testing.T) {
	type pay = func(account *Account, id string, amount int) (string, error)
	exercise.Test(t, exercise.Exercise[pay]{
		Stub:     Pay,
		Solution: solution,
		Wrong: []exercise.Wrong[pay]{
			{Name: "pays twice", Attempt: paysTwice, Message: `request: "a1 10"\ngot:     "25"\nwant:    "10"`},
			{Name: "balance of now", Attempt: balanceOfNow, Message: `request: "a1 10"\ngot:     "15"\nwant:    "10"`},
			{Name: "forgets", Attempt: forgets, Message: `request: "a1 10"\ngot:     "25"\nwant:    "10"`},
			{Name: "refuses", Attempt: refuses, Message: `request: "a1 10"\ngot:     "error: known id"\nwant:    "10"`},
		},
		Try: func(t *exercise.Try, pay pay) {
			_, err := pay(&Account{Replies: make(map[string]string)}, "a1", 1)
			t.Todo(err)
			endpoint, stop := t.Serve(func(ctx context.Context, endpoint string) error {
				return serve(ctx, endpoint, pay)
			})
			for _, exchange := range []struct{ id, amount, want string }{
				{"a1", "10", "10"}, {"b1", "5", "15"}, {"a1", "10", "10"}, {"b2", "5", "20"}, {"b2", "5", "20"},
			} {
				t.Reply(exchange.id+" "+exchange.amount, t.Ask(endpoint, exchange.id, exchange.amount), exchange.want)
			}
			stop()
		},
		Learnt: "Your clients may ask again as often as they like: payments, orders and mails go out once.",
	})
}
