package newfield

import (
	"bytes"
	"encoding/gob"
)

// gob sends the exported fields of a struct with their names. The receiver
// takes those that its own type has, and leaves out the others.
//
// So one struct with four fields will do. Its name does not matter.
func solution(label string, rows, cols int, values []float64) ([]byte, error) {
	request := struct {
		Label      string
		Rows, Cols int
		Values     []float64
	}{label, rows, cols, values}
	var data bytes.Buffer
	err := gob.NewEncoder(&data).Encode(request)
	return data.Bytes(), err
}
