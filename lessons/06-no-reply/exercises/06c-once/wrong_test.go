package once

import "strconv"

// It ignores the number.
func wrongPaysTwice(a *Account, client string, number, amount int) string {
	a.Balance += amount
	return strconv.Itoa(a.Balance)
}

// It replies with the current balance, instead of the reply that was lost.
func wrongCurrentBalance(a *Account, client string, number, amount int) string {
	if number > a.Last[client].Number {
		a.Balance += amount
		a.Last[client] = Payment{Number: number}
	}
	return strconv.Itoa(a.Balance)
}

// It remembers one last payment for all clients, but each client starts at 1.
func wrongOneForAll(a *Account, client string, number, amount int) string {
	return solution(a, "", number, amount)
}

// It treats every different number as new.
func wrongOldIsNew(a *Account, client string, number, amount int) string {
	if number == a.Last[client].Number {
		return a.Last[client].Reply
	}
	a.Balance += amount
	reply := strconv.Itoa(a.Balance)
	a.Last[client] = Payment{number, reply}
	return reply
}
