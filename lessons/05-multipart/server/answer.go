package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// parse returns the shape of the matrix in a request, or an error that says what
// is wrong with the request.
func parse(frames [][]byte) (rows, columns int64, err error) {
	if len(frames) != 2 {
		return 0, 0, fmt.Errorf("a request is two frames, not %d", len(frames))
	}
	rows, columns, err = parseHeader(frames[0])
	if err != nil {
		return 0, 0, err
	}
	// Divide, because the product of two numbers from a client can overflow.
	size := int64(len(frames[1]))
	if size%8 != 0 || size/8%columns != 0 || size/8/columns != rows {
		return 0, 0, fmt.Errorf("the length of the data is %d, not %d x %d x 8", size, rows, columns)
	}
	return rows, columns, nil
}

// parseHeader returns the shape in a header, or an error that says what is wrong
// with the header.
func parseHeader(header []byte) (rows, columns int64, err error) {
	if !utf8.Valid(header) {
		return 0, 0, errors.New("the header is not UTF-8")
	}
	fields := json.NewDecoder(bytes.NewReader(header))
	brace, err := fields.Token()
	if err != nil || brace != json.Delim('{') || !json.Valid(header) {
		return 0, 0, errors.New("the header is not one JSON object")
	}

	// json.Unmarshal would accept "Shape" for "shape", and if there were two
	// shapes, keep the last. So read the fields one by one.
	missing := map[json.Token]bool{"dtype": true, "shape": true, "order": true}
	errFields := errors.New("the fields of the header are not dtype, shape and order, each once")
	var shape []int64
	for fields.More() {
		name, err := fields.Token()
		if err != nil || !missing[name] {
			return 0, 0, errFields
		}
		delete(missing, name)
		switch name {
		case "dtype":
			var dtype string
			if err := fields.Decode(&dtype); err != nil || dtype != "<f8" {
				return 0, 0, errors.New("the dtype is not little-endian float64")
			}
		case "shape":
			if err := fields.Decode(&shape); err != nil || len(shape) != 2 || shape[0] < 1 || shape[1] < 1 {
				return 0, 0, errors.New("the shape is not two positive int64 numbers")
			}
		case "order":
			var order string
			if err := fields.Decode(&order); err != nil || order != "C" {
				return 0, 0, errors.New("the order is not C")
			}
		}
	}
	if len(missing) > 0 {
		return 0, 0, errFields
	}
	return shape[0], shape[1], nil
}

// square squares the values of a data frame, in place.
func square(data []byte) {
	for ; len(data) >= 8; data = data[8:] {
		v := math.Float64frombits(binary.LittleEndian.Uint64(data))
		binary.LittleEndian.PutUint64(data, math.Float64bits(v*v))
	}
}

// refusal returns the reply to a bad request: JSON that says what is wrong.
func refusal(wrong error) []byte {
	frame, err := json.Marshal(map[string]string{"error": wrong.Error()})
	if err != nil {
		panic(err) // cannot happen: any string can be encoded
	}
	return frame
}
