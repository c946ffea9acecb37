// Package once is exercise 06c: work that is not done twice.
package once

// An Account takes payments. It remembers the last payment of each client: a
// REQ client does not send a payment before it has the reply to the previous one.
type Account struct {
	Balance int
	Last    map[string]Payment // by the client's name
}

// A Payment is the number of a client's payment and the reply to it.
type Payment struct {
	Number int
	Reply  string
}

// Pay returns the reply to a request of three frames: the client's name, the
// number of the payment, and the amount. A client numbers its payments 1, 2, 3
// and so on. The reply is the balance after the payment.
//
// A client that got no reply sends the same request again, with the same
// number. Then Pay must not add the amount again, but must return the reply that
// was lost. If the number is lower than the last one, the reply is "error: old
// payment", because the client gave up on that payment long ago. A number may be
// missing, because that payment never arrived.
//
//	request: "Ada", "1", "10"     reply: "10"
//	request: "Grace", "1", "5"    reply: "15"
//	request: "Ada", "1", "10"     reply: "10"
//	request: "Ada", "2", "5"      reply: "20"
//	request: "Ada", "1", "10"     reply: "error: old payment"
//
// A client that restarts begins again at 1, with a new name.
func (a *Account) Pay(client string, number, amount int) string {
	panic("TODO: look at the client's last payment before you add the amount")
}
