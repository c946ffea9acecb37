package newfield

import (
	"bytes"
	"encoding/gob"
)

type testMatrix struct {
	Rows, Cols int
	Values     []float64
}

func testEncode(values ...any) ([]byte, error) {
	var data bytes.Buffer
	encoder := gob.NewEncoder(&data)
	for _, v := range values {
		if err := encoder.Encode(v); err != nil {
			return nil, err
		}
	}
	return data.Bytes(), nil
}

// The matrix is one field inside the struct, where the server does not look.
func wrongNested(label string, rows, cols int, values []float64) ([]byte, error) {
	return testEncode(struct {
		Label  string
		Matrix testMatrix
	}{label, testMatrix{rows, cols, values}})
}

// gob does not send a field that is not exported.
func wrongUnexported(label string, rows, cols int, values []float64) ([]byte, error) {
	return testEncode(struct {
		label      string
		Rows, Cols int
		Values     []float64
	}{label, rows, cols, values})
}

// Two values in one message, where the server expects one.
func wrongTwoValues(label string, rows, cols int, values []float64) ([]byte, error) {
	return testEncode(label, testMatrix{rows, cols, values})
}

// Fields with the right names, but of another type.
func wrongOtherType(label string, rows, cols int, values []float64) ([]byte, error) {
	return testEncode(struct {
		Label      string
		Rows, Cols float64
		Values     []float64
	}{label, float64(rows), float64(cols), values})
}

var (
	testBuffer  bytes.Buffer
	testEncoder = gob.NewEncoder(&testBuffer)
)

// One Encoder for all messages describes the type only in the first one.
func wrongOneEncoder(label string, rows, cols int, values []float64) ([]byte, error) {
	testBuffer.Reset()
	err := testEncoder.Encode(testLabeled{label, rows, cols, values})
	return bytes.Clone(testBuffer.Bytes()), err
}
