// Package once is exercise 06c: work that is not done twice.
package once

import "zeromq-lessons/internal/exercise"

// An Account takes payments. Of each client it remembers the last one: a REQ
// client does not send a payment before it has the reply to the one before.
type Account struct {
	Balance int
	Last    map[string]Payment // by the client's name
}

// A Payment is the number that a client has given it, and the reply to it.
type Payment struct {
	Number int
	Reply  string
}

// Pay returns the reply to a request of three frames: who pays, the number of
// the payment, and the amount. The client counts its payments from 1. The
// reply is the balance after it.
//
// A client that got no reply sends the same request again, with the same
// number. Then the amount must not be paid in again, and the reply is the one
// that was lost. To a lower number than the last the reply is "error: old payment":
// that payment was given up long ago. A number may be left out: that payment has
// never arrived. The error that Pay returns is nil.
//
// A client that starts again, and would count from 1 again, takes another name.
//
//	request: "Ada", "1", "10"     reply: "10"
//	request: "Grace", "1", "5"    reply: "15"
//	request: "Ada", "1", "10"     reply: "10"
//	request: "Ada", "2", "5"      reply: "20"
//	request: "Ada", "1", "10"     reply: "error: old payment"
func Pay(account *Account, client string, number, amount int) (string, error) {
	// TODO: look at the client's last payment before you pay in.
	return "", exercise.TODO
}
