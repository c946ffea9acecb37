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

// It puts the matrix into a field, where the server does not look for its rows.
func wrongNested(label string, rows, cols int, values []float64) ([]byte, error) {
	return testEncode(struct {
		Label  string
		Matrix testMatrix
	}{label, testMatrix{rows, cols, values}})
}

// It does not export the label, so gob does not send it.
func wrongUnexported(label string, rows, cols int, values []float64) ([]byte, error) {
	return testEncode(struct {
		label      string
		Rows, Cols int
		Values     []float64
	}{label, rows, cols, values})
}

// It sends two values in one message, but the server expects one.
func wrongTwoValues(label string, rows, cols int, values []float64) ([]byte, error) {
	return testEncode(label, testMatrix{rows, cols, values})
}

// Its fields have the right names but the wrong types.
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

// It uses one Encoder, which describes the type only in the first message.
func wrongOneEncoder(label string, rows, cols int, values []float64) ([]byte, error) {
	testBuffer.Reset()
	err := testEncoder.Encode(testLabeled{label, rows, cols, values})
	return bytes.Clone(testBuffer.Bytes()), err
}
