// Package checksum is exercise 05b: a frame that shows whether the others
// arrived undamaged.
package checksum

// Open takes a message whose last frame is a checksum and returns the other
// frames. The checksum is the CRC-32 (IEEE) of the other frames, concatenated,
// as 4 bytes in big-endian order:
//
//	frames:  "A", "da", "\xb5\x3d\xc1\x88"
//	returns: "A", "da"
//
// Open returns an error if there is no checksum, or if it does not match.
func Open(frames [][]byte) ([][]byte, error) {
	panic("TODO: compute the checksum, and compare it with the last frame")
}
