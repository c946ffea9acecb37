package median

import "slices"

// The middle of a list that is not in order.
func wrongUnsorted(numbers []float64) (Summary, error) {
	s, err := solution(numbers)
	s.Median = numbers[len(numbers)/2]
	return s, err
}

// One of the two in the middle.
func wrongUpper(numbers []float64) (Summary, error) {
	s, err := solution(numbers)
	sorted := slices.Sorted(slices.Values(numbers))
	s.Median = sorted[len(sorted)/2]
	return s, err
}

// Always the mean of two: a single number has no other beside it.
func wrongAlwaysTwo(numbers []float64) (Summary, error) {
	s, err := solution(numbers)
	sorted := slices.Sorted(slices.Values(numbers))
	s.Median = (sorted[len(sorted)/2-1] + sorted[len(sorted)/2]) / 2
	return s, err
}

// The rest of the reply is forgotten.
func wrongMedianAlone(numbers []float64) (Summary, error) {
	s, err := solution(numbers)
	return Summary{Median: s.Median}, err
}

// The largest number may be below zero.
func wrongFromZero(numbers []float64) (Summary, error) {
	s, err := solution(numbers)
	s.Max = max(s.Max, 0)
	return s, err
}
