package float32s

import (
	"encoding/binary"
	"math"
)

// binary.LittleEndian.Uint32 makes a number of 4 bytes, and
// binary.LittleEndian.PutUint32 or AppendUint32 makes bytes of it again.
//
// math.Float32frombits and math.Float32bits take the same 32 bits for a
// float32, and back.
func solution(data []byte) ([]byte, error) {
	var squared []byte
	for ; len(data) >= 4; data = data[4:] {
		v := math.Float32frombits(binary.LittleEndian.Uint32(data))
		squared = binary.LittleEndian.AppendUint32(squared, math.Float32bits(v*v))
	}
	return squared, nil
}
