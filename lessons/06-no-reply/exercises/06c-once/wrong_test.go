package once

import "strconv"

// It ignores the number.
func wrongPaysTwice(a *Account, client string, number, amount int) string {
	a.Balance += amount
	return strconv.Itoa(a.Balance)
}

// It replies with the current balance, instead of the reply that was lost.
func wrongBalanceOfNow(a *Account, client string, number, amount int) string {
	if number > a.Last[client].Number {
		a.Balance += amount
		a.Last[client] = Payment{Number: number}
	}
	return strconv.Itoa(a.Balance)
}

// One last payment for all clients, although Grace's number 1 is not Ada's.
func wrongOneForAll(a *Account, client string, number, amount int) string {
	return solution(a, "", number, amount)
}

// It takes every other number for a new one.
func wrongOldIsNew(a *Account, client string, number, amount int) string {
	if number == a.Last[client].Number {
		return a.Last[client].Reply
	}
	a.Balance += amount
	reply := strconv.Itoa(a.Balance)
	a.Last[client] = Payment{number, reply}
	return reply
}
