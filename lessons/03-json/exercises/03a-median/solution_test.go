package median

import "slices"

// slices.Sort puts numbers in order, slices.Clone makes a copy first: the list
// belongs to the caller.
//
// Once they are in order, min and max are at the ends. With n numbers, the one
// in the middle has the index n/2; if n is even, the one before it is in the
// middle too.
func solution(numbers []float64) (Summary, error) {
	sorted := slices.Clone(numbers)
	slices.Sort(sorted)
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
	}, nil
}
