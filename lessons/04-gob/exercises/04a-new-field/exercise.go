// Package newfield is exercise 04a: a new client at an old server.
package newfield

import "zeromq-lessons/internal/exercise"

// Encode returns a request in gob: a matrix, row after row, with a label.
//
// The lesson's server does not know labels, and must square the matrix all the
// same. It decodes the request into this type:
//
//	type Matrix struct {
//		Rows, Cols int
//		Values     []float64
//	}
//
// A newer server decodes the same bytes into a type that has one more field,
// Label, a string, and must find the label there.
func Encode(label string, rows, cols int, values []float64) ([]byte, error) {
	// TODO: define a type for it, and encode a value of that type.
	return nil, exercise.TODO
}
