package main

import (
	"bytes"
	"encoding/gob"
	"fmt"
)

// A Matrix is what a client sends. gob sends the exported fields, by name: the
// client's type may have another name, or more fields.
type Matrix struct {
	Rows, Cols int
	Values     []float64 // row after row
}

// A Reply is what the client gets: the matrix squared, or what is wrong with the request.
type Reply struct {
	Squared Matrix
	Error   string
}

// limit is how many bytes a request may have. gob's Decoder has no limit: a few
// megabytes of nested values overflow its stack, which ends the program.
const limit = 64 << 10

// decode returns the matrix in a request, or what is wrong with the request.
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
		// The error may contain a name from the request. %q keeps control
		// characters off the screen, and the 100 keeps it short.
		return m, fmt.Errorf("not a matrix in gob: %.100q", err)
	}
	if r.Len() > 0 {
		return m, fmt.Errorf("%d bytes after the matrix", r.Len())
	}

	// Divide, because the product of two numbers that anyone can send may overflow.
	n := len(m.Values)
	if m.Rows < 1 || m.Cols < 1 || n%m.Cols != 0 || n/m.Cols != m.Rows {
		return m, fmt.Errorf("%d values do not make a matrix of %d x %d", n, m.Rows, m.Cols)
	}
	return m, nil
}

// answer returns the reply to a matrix, or to a bad request, in gob.
func answer(m Matrix, bad error) ([]byte, error) {
	var reply Reply
	if bad != nil {
		reply.Error = bad.Error()
	} else {
		reply.Squared = square(m)
	}

	// An Encoder describes a type only once, and the next reply may go to another
	// client. So each reply has its own Encoder.
	var data bytes.Buffer
	err := gob.NewEncoder(&data).Encode(reply)
	return data.Bytes(), err
}

// square returns the matrix with each value multiplied by itself.
func square(m Matrix) Matrix {
	squared := Matrix{Rows: m.Rows, Cols: m.Cols}
	for _, v := range m.Values {
		squared.Values = append(squared.Values, v*v)
	}
	return squared
}
