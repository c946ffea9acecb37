// Package median is exercise 03a: a field more in the reply.
package median

import "zeromq-lessons/internal/exercise"

// A Summary is the reply to a request {"numbers": [...]}: what the lesson's
// server replies, and the median.
type Summary struct {
	Count  int     `json:"count"`
	Sum    float64 `json:"sum"`
	Mean   float64 `json:"mean"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	Median float64 `json:"median"`
}

// SumUp returns the summary of one number or more, and nil. The median is the number in
// the middle when they are in order, or the mean of the two in the middle:
//
//	request: {"numbers": [3, 1, 2]}
//	reply:   {"count": 3, "sum": 6, "mean": 2, "min": 1, "max": 3, "median": 2}
//
//	request: {"numbers": [4, 1, 2, 3]}
//	reply:   {"count": 4, "sum": 10, "mean": 2.5, "min": 1, "max": 4, "median": 2.5}
func SumUp(numbers []float64) (Summary, error) {
	// TODO: fill in a Summary and return it.
	return Summary{}, exercise.TODO
}
