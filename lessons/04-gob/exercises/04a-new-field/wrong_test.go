package newfield

import (
	"bytes"
	"encoding/gob"
)

type matrix struct {
	Rows, Cols int
	Values     []float64
}

func encode(values ...any) ([]byte, error) {
	var data bytes.Buffer
	encoder := gob.NewEncoder(&data)
	for _, v := range values {
		if err := encoder.Encode(v); err != nil {
			return nil, err
		}
	}
	return data.Bytes(), nil
}

// The matrix is a field inside, and the server looks for it outside.
func nested(label string, rows, cols int, values []float64) ([]byte, error) {
	return encode(struct {
		Label  string
		Matrix matrix
	}{label, matrix{rows, cols, values}})
}

// gob does not send a field that is not exported.
func unexported(label string, rows, cols int, values []float64) ([]byte, error) {
	return encode(struct {
		label      string
		Rows, Cols int
		Values     []float64
	}{label, rows, cols, values})
}

// Two values in one message, where the server expects one.
func twoValues(label string, rows, cols int, values []float64) ([]byte, error) {
	return encode(label, matrix{rows, cols, values})
}

// A field of that name, but of another type.
func otherType(label string, rows, cols int, values []float64) ([]byte, error) {
	return encode(struct {
		Label      string
		Rows, Cols float64
		Values     []float64
	}{label, float64(rows), float64(cols), values})
}
