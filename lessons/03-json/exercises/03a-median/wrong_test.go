package median

import "slices"

// The middle of a list that is not sorted.
func wrongUnsorted(numbers []float64) Summary {
	s := solution(numbers)
	s.Median = numbers[len(numbers)/2]
	return s
}

// Only one of the two in the middle.
func wrongUpper(numbers []float64) Summary {
	s := solution(numbers)
	sorted := slices.Sorted(slices.Values(numbers))
	s.Median = sorted[len(sorted)/2]
	return s
}

// Always the mean of two numbers, even if there is only one.
func wrongAlwaysTwo(numbers []float64) Summary {
	s := solution(numbers)
	sorted := slices.Sorted(slices.Values(numbers))
	s.Median = (sorted[len(sorted)/2-1] + sorted[len(sorted)/2]) / 2
	return s
}

// It leaves out the rest of the reply.
func wrongOnlyMedian(numbers []float64) Summary {
	s := solution(numbers)
	return Summary{Median: s.Median}
}

// It assumes that the largest number is not negative.
func wrongFromZero(numbers []float64) Summary {
	s := solution(numbers)
	s.Max = max(s.Max, 0)
	return s
}
