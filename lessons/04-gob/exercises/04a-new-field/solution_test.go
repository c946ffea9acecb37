package newfield

import (
	"bytes"
	"encoding/gob"
)

// gob sends the exported fields of a struct with their names. The receiver
// takes the fields that its own type has, and ignores the others.
//
// So one struct with four fields is enough. Its name does not matter.
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
