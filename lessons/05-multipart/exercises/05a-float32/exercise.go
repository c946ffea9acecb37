// Package float32s is exercise 05a: a dtype more.
package float32s

import "zeromq-lessons/internal/exercise"

// Square squares the values of a data frame whose header says "<f4": float32,
// little-endian, 4 bytes a value.
//
//	request: 1.5 -2    in bytes: 00 00 c0 3f 00 00 00 c0
//	reply:   2.25 4    in bytes: 00 00 10 40 00 00 80 40
//
// It returns the data frame of the reply, which has the same dtype, and nil. The
// number of bytes is a multiple of 4.
func Square(data []byte) ([]byte, error) {
	// TODO: take 4 bytes at a time for a float32, and square it.
	return nil, exercise.TODO
}
