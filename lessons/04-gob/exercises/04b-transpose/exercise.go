// Package transpose is exercise 04b: a service that transposes a matrix.
package transpose

// A Matrix is what the server receives and what it replies with.
type Matrix struct {
	Rows, Cols int
	Values     []float64 // row after row
}

// Transpose returns the matrix with its rows as columns. The value in row r and
// column c of a Matrix is Values[r*Cols+c]:
//
//	request: 2 x 3 values 1 2 3 4 5 6
//	reply:   3 x 2 values 1 4 2 5 3 6
func Transpose(m Matrix) Matrix {
	panic("TODO: make a new Matrix and put each value in its place")
}
