// Package median is exercise 03a: one more field in the reply.
package median

// A Summary is the reply to a request {"numbers": [...]}: the fields of the
// lesson's server, and the median.
type Summary struct {
	Count  int     `json:"count"`
	Sum    float64 `json:"sum"`
	Mean   float64 `json:"mean"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	Median float64 `json:"median"`
}

// SumUp returns the summary of one or more numbers. The median is the number in
// the middle when they are sorted, or the mean of the two in the middle:
//
//	request: {"numbers": [3, 1, 2]}
//	reply:   {"count": 3, "sum": 6, "mean": 2, "min": 1, "max": 3, "median": 2}
//
//	request: {"numbers": [4, 1, 2, 3]}
//	reply:   {"count": 4, "sum": 10, "mean": 2.5, "min": 1, "max": 4, "median": 2.5}
func SumUp(numbers []float64) Summary {
	panic("TODO: fill in a Summary and return it")
}
