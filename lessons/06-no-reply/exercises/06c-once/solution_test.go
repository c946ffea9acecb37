package once

import "strconv"

// account.Last[client] is the client's last payment. If there was none, it is
// the zero Payment, whose number is 0.
//
// There are three cases: the number is the last one, or lower, or higher. Only
// in the last case change the balance, and then remember the payment.
func solution(account *Account, client string, number, amount int) (string, error) {
	last := account.Last[client]
	if number == last.Number {
		return last.Reply, nil
	}
	if number < last.Number {
		return "error: old payment", nil
	}
	account.Balance += amount
	reply := strconv.Itoa(account.Balance)
	account.Last[client] = Payment{number, reply}
	return reply, nil
}
