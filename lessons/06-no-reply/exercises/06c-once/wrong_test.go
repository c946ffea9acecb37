package once

import "strconv"

// It does not look at the number.
func wrongPaysTwice(account *Account, client string, number, amount int) (string, error) {
	account.Balance += amount
	return strconv.Itoa(account.Balance), nil
}

// It replies with the balance of now, not with the reply that was lost.
func wrongBalanceOfNow(account *Account, client string, number, amount int) (string, error) {
	if number > account.Last[client].Number {
		account.Balance += amount
		account.Last[client] = Payment{Number: number}
	}
	return strconv.Itoa(account.Balance), nil
}

// One last payment for all clients: Grace's number 1 is not Ada's.
func wrongOneForAll(account *Account, client string, number, amount int) (string, error) {
	return solution(account, "", number, amount)
}

// Any other number is taken for a new one.
func wrongOldIsNew(account *Account, client string, number, amount int) (string, error) {
	if number == account.Last[client].Number {
		return account.Last[client].Reply, nil
	}
	account.Balance += amount
	reply := strconv.Itoa(account.Balance)
	account.Last[client] = Payment{number, reply}
	return reply, nil
}
