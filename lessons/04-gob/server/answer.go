package main

import (
	"bytes"
	"encoding/gob"
	"fmt"
)

// A Matrix is what a client sends. gob matches exported fields by name, so the
// client's type may have a different name or more fields.
type Matrix struct {
	Rows, Cols int
	Values     []float64 // row after row
}

// A Reply is what the client receives: the squared matrix, or what is wrong with
// the request.
type Reply struct {
	Squared Matrix
	Error   string
}

// limit is the maximum size of a request in bytes. gob's Decoder does not limit
// nesting: a few megabytes of nested values overflow its stack, which ends the
// program.
const limit = 64 << 10

// decode returns the matrix in a request, or an error that says what is wrong
// with the request.
func decode(frames [][]byte) (Matrix, error) {
	var m Matrix
	if len(frames) != 1 {
		return m, fmt.Errorf("a request is one frame, not %d", len(frames))
	}
	if len(frames[0]) > limit {
		return m, fmt.Errorf("a request is at most %d bytes, not %d", limit, len(frames[0]))
	}

	r := bytes.NewReader(frames[0])
	if err := gob.NewDecoder(r).Decode(&m); err != nil {
		// The error may contain a name from the request. %.100q escapes control
		// characters and keeps it short.
		return m, fmt.Errorf("not a matrix in gob: %.100q", err)
	}
	if r.Len() > 0 {
		return m, fmt.Errorf("extra bytes after the matrix: %d", r.Len())
	}

	// Divide, because the product of two numbers from a client can overflow.
	n := len(m.Values)
	if m.Rows < 1 || m.Cols < 1 || n%m.Cols != 0 || n/m.Cols != m.Rows {
		return m, fmt.Errorf("invalid matrix: shape %d x %d, number of values %d", m.Rows, m.Cols, n)
	}
	return m, nil
}

// answer returns a Reply in gob: the squares of m, or bad if it is not nil.
func answer(m Matrix, bad error) ([]byte, error) {
	var reply Reply
	if bad != nil {
		reply.Error = bad.Error()
	} else {
		reply.Squared = square(m)
	}

	// Use a new Encoder for each reply. An Encoder describes a type only once, but
	// the next reply may go to a different client.
	var data bytes.Buffer
	err := gob.NewEncoder(&data).Encode(reply)
	return data.Bytes(), err
}

// square returns a matrix with the squares of m's values.
func square(m Matrix) Matrix {
	squared := Matrix{Rows: m.Rows, Cols: m.Cols}
	for _, v := range m.Values {
		squared.Values = append(squared.Values, v*v)
	}
	return squared
}
