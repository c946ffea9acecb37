package once

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"zeromq-lessons/internal/exercise"
)

func TestExercise(t *testing.T) {
	type pay = func(account *Account, client string, number, amount int) string
	exercise.Test(t, exercise.Exercise[pay]{
		Stub:     (*Account).Pay,
		Solution: solution,
		Wrong: []exercise.Wrong[pay]{
			{Name: "pays twice", Attempt: wrongPaysTwice, Message: `request: "Ada 1 10"\ngot:     "25"\nwant:    "10"`},
			{Name: "current balance", Attempt: wrongCurrentBalance, Message: `request: "Ada 1 10"\ngot:     "15"\nwant:    "10"$`},
			{Name: "one for all", Attempt: wrongOneForAll, Message: `request: "Grace 1 5"\ngot:     "10"\nwant:    "15"`},
			{Name: "old is new", Attempt: wrongOldIsNew, Message: `request: "Ada 1 10"\ngot:     "30"\nwant:    "error: old payment"`},
		},
		Try: func(t *exercise.Try, pay pay) {
			endpoint, stop := t.Serve(func(ctx context.Context, endpoint string) error {
				return serve(ctx, endpoint, pay)
			})
			for _, exchange := range []struct {
				client         string
				number, amount int
				want           string
			}{
				{"Ada", 1, 10, "10"}, {"Grace", 1, 5, "15"}, {"Ada", 1, 10, "10"},
				{"Ada", 2, 5, "20"}, {"Ada", 2, 5, "20"}, {"Ada", 1, 10, "error: old payment"},
				{"Alan", 1, 1, "21"}, {"Ada", 4, 4, "25"},
			} {
				request := fmt.Sprint(exchange.client, " ", exchange.number, " ", exchange.amount)
				t.Reply(request, t.Ask(endpoint, exchange.client,
					strconv.Itoa(exchange.number), strconv.Itoa(exchange.amount)), exchange.want)
			}
			stop()
		},
		Learned: "Your clients can retry as often as they like, and you remember only one reply for each of them. No payment, order, or email goes out twice.",
	})
}
