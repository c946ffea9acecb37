package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// parse returns the values in a reply, or an error that says what is wrong with
// the reply.
func parse(frames [][]byte) ([]float64, error) {
	if len(frames) == 1 {
		return nil, fmt.Errorf("the server rejected the matrix: %#q", frames[0])
	}
	if len(frames) != 2 {
		return nil, fmt.Errorf("a reply is two frames, not %d", len(frames))
	}
	var header struct {
		Dtype string
		Shape [2]int
		Order string
	}
	if err := json.Unmarshal(frames[0], &header); err != nil {
		return nil, fmt.Errorf("the header is not JSON: %w", err)
	}
	if header.Dtype != "<f8" || header.Shape != [2]int{rows, columns} || header.Order != "C" {
		return nil, fmt.Errorf("the header describes a different matrix: %#q", frames[0])
	}
	if len(frames[1]) != 8*rows*columns {
		return nil, fmt.Errorf("the length of the data is %d, not %d x %d x 8", len(frames[1]), rows, columns)
	}
	values := make([]float64, rows*columns)
	_, err := binary.Decode(frames[1], binary.LittleEndian, values)
	return values, err
}
