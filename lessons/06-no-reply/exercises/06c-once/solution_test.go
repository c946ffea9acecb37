package once

import "strconv"

// account.Replies[id] is the reply to an earlier request with that id, if
// there was one. The second value of a map's index says whether there was.
//
// If there was none, add the amount to the balance, make the reply with
// strconv.Itoa, and put it into the map before you return it.
func solution(account *Account, id string, amount int) (string, error) {
	if reply, ok := account.Replies[id]; ok {
		return reply, nil
	}
	account.Balance += amount
	reply := strconv.Itoa(account.Balance)
	account.Replies[id] = reply
	return reply, nil
}
