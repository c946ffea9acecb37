package median

import "slices"

// It does not sort the list.
func wrongUnsorted(numbers []float64) Summary {
	s := solution(numbers)
	s.Median = numbers[len(numbers)/2]
	return s
}

// It uses only one of the two numbers in the middle.
func wrongUpper(numbers []float64) Summary {
	s := solution(numbers)
	sorted := slices.Sorted(slices.Values(numbers))
	s.Median = sorted[len(sorted)/2]
	return s
}

// It always uses two numbers, even if only one is in the middle.
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
