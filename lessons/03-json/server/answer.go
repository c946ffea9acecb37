package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"
)

// parse returns the numbers in a request, or an error that says what is wrong
// with the request.
func parse(frames [][]byte) ([]float64, error) {
	if len(frames) != 1 {
		return nil, fmt.Errorf("a request is one frame, not %d", len(frames))
	}
	// encoding/json would replace invalid UTF-8 with U+FFFD.
	if !utf8.Valid(frames[0]) {
		return nil, errors.New("the request is not UTF-8")
	}

	// Decode into a map, because a struct field would also accept "NUMBERS".
	var fields map[string]json.RawMessage
	err := json.Unmarshal(frames[0], &fields)
	if errors.As(err, new(*json.SyntaxError)) {
		return nil, fmt.Errorf("the request is not JSON: %w", err)
	}
	list, ok := fields["numbers"]
	if err != nil || !ok || len(fields) != 1 {
		return nil, errors.New("a request is an object with one field, numbers")
	}

	// Decode into pointers, because null would leave a float64 at 0.
	var pointers []*float64
	err = json.Unmarshal(list, &pointers)
	if err != nil || len(pointers) == 0 || slices.Contains(pointers, nil) {
		return nil, errors.New("numbers is not a list of one or more numbers that fit a float64")
	}
	numbers := make([]float64, len(pointers))
	for i, p := range pointers {
		numbers[i] = *p
	}
	return numbers, nil
}

// A summary is the reply to a valid request.
type summary struct {
	Count int     `json:"count"`
	Sum   float64 `json:"sum"`
	Mean  float64 `json:"mean"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
}

// sumUp returns the reply to a list of one or more finite numbers. It returns an
// error if their sum is infinite.
func sumUp(numbers []float64) (summary, error) {
	var sum float64
	for _, x := range numbers {
		sum += x
	}
	// Finite numbers can have an infinite sum, which JSON cannot express.
	if math.IsInf(sum, 0) {
		return summary{}, errors.New("the sum does not fit a float64")
	}
	return summary{
		Count: len(numbers),
		Sum:   sum,
		Mean:  sum / float64(len(numbers)),
		Min:   slices.Min(numbers),
		Max:   slices.Max(numbers),
	}, nil
}
