// Package newfield is exercise 04a: a new client for an old server.
package newfield

// Encode returns a request in gob: a matrix with a label. The values come row
// after row.
//
// An old server, such as the one in this lesson, does not know labels, but it
// must still square the matrix. It decodes the request into this type:
//
//	type Matrix struct {
//		Rows, Cols int
//		Values     []float64
//	}
//
// A newer server decodes the same bytes into a type with one more field, the
// string Label, and must find the label there.
func Encode(label string, rows, cols int, values []float64) ([]byte, error) {
	panic("TODO: define a type for the request, and encode a value of that type")
}
