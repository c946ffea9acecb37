package median

import "slices"

// slices.Sorted(slices.Values(numbers)) returns the numbers in order, in a new
// slice: the old one belongs to the caller.
//
// Once they are sorted, the smallest is the first and the largest is the last.
// Of n numbers, the one in the middle has the index n/2; if n is even, the one
// before it is in the middle too.
func solution(numbers []float64) Summary {
	sorted := slices.Sorted(slices.Values(numbers))
	n := len(sorted)
	median := sorted[n/2]
	if n%2 == 0 {
		median = (sorted[n/2-1] + sorted[n/2]) / 2
	}
	var sum float64
	for _, x := range sorted {
		sum += x
	}
	return Summary{
		Count:  n,
		Sum:    sum,
		Mean:   sum / float64(n),
		Min:    sorted[0],
		Max:    sorted[n-1],
		Median: median,
	}
}
