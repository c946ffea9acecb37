package once

import "strconv"

// It does not look at the id.
func paysTwice(account *Account, id string, amount int) (string, error) {
	account.Balance += amount
	return strconv.Itoa(account.Balance), nil
}

// It replies with the balance of now, not with the reply that was lost.
func balanceOfNow(account *Account, id string, amount int) (string, error) {
	if _, ok := account.Replies[id]; !ok {
		account.Balance += amount
		account.Replies[id] = ""
	}
	return strconv.Itoa(account.Balance), nil
}

// It looks the id up and never writes it down.
func forgets(account *Account, id string, amount int) (string, error) {
	if reply, ok := account.Replies[id]; ok {
		return reply, nil
	}
	account.Balance += amount
	return strconv.Itoa(account.Balance), nil
}

// A known id is taken for an error, though the client has done nothing wrong.
func refuses(account *Account, id string, amount int) (string, error) {
	if _, ok := account.Replies[id]; ok {
		return "error: known id", nil
	}
	return solution(account, id, amount)
}
