package float32s

import (
	"encoding/binary"
	"math"
)

// binary.LittleEndian.Uint32 turns 4 bytes into a number, and
// binary.LittleEndian.AppendUint32 turns a number back into 4 bytes.
//
// math.Float32frombits returns the float32 that has these 32 bits, and
// math.Float32bits returns the bits of a float32.
func solution(data []byte) []byte {
	var squared []byte
	for ; len(data) >= 4; data = data[4:] {
		v := math.Float32frombits(binary.LittleEndian.Uint32(data))
		squared = binary.LittleEndian.AppendUint32(squared, math.Float32bits(v*v))
	}
	return squared
}
