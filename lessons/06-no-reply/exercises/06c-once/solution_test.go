package once

import "strconv"

// a.Last[client] is the client's last payment. If there was none, it is the
// zero Payment, whose number is 0.
//
// There are three cases: the number is equal to the last one, lower, or higher.
// Change the balance and remember the payment only if it is higher.
func solution(a *Account, client string, number, amount int) string {
	last := a.Last[client]
	if number == last.Number {
		return last.Reply
	}
	if number < last.Number {
		return "error: old payment"
	}
	a.Balance += amount
	reply := strconv.Itoa(a.Balance)
	a.Last[client] = Payment{number, reply}
	return reply
}
