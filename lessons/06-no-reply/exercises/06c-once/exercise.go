// Package once is exercise 06c: work that is not done twice.
package once

import "zeromq-lessons/internal/exercise"

// An Account takes payments.
type Account struct {
	Balance int
	Replies map[string]string // the reply to each payment so far, by its id
}

// Pay returns the reply to a request of two frames: an id that the client
// chooses, a new one for each payment, and an amount. The reply is the balance
// after it.
//
// A client that got no reply sends the same request again, with the same id.
// Then the amount must not be paid in again, and the reply is the one that was
// lost:
//
//	request: "a1", "10"    reply: "10"
//	request: "b1", "5"     reply: "15"
//	request: "a1", "10"    reply: "10"
//	request: "b2", "5"     reply: "20"
func Pay(account *Account, id string, amount int) (string, error) {
	// TODO: pay in, unless the id is known, and remember the reply.
	return "", exercise.TODO
}
