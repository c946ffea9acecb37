// Package float32s is exercise 05a: one more dtype.
package float32s

// Square squares the values of a data frame whose header says "<f4": float32,
// little-endian, 4 bytes per value.
//
//	request: 1.5 -2    in bytes: 00 00 c0 3f 00 00 00 c0
//	reply:   2.25 4    in bytes: 00 00 10 40 00 00 80 40
//
// It returns the data frame of the reply, which has the same dtype. The number
// of bytes is a multiple of 4.
func Square(data []byte) []byte {
	panic("TODO: read 4 bytes at a time as a float32, and square it")
}
