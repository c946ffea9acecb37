package float32s

import (
	"encoding/binary"
	"math"
)

// The bytes in the order of the network, which is not that of "<f4".
func wrongBigEndian(data []byte) ([]byte, error) {
	var squared []byte
	for ; len(data) >= 4; data = data[4:] {
		v := math.Float32frombits(binary.BigEndian.Uint32(data))
		squared = binary.BigEndian.AppendUint32(squared, math.Float32bits(v*v))
	}
	return squared, nil
}

// The bits of a float32 taken for a whole number.
func wrongNoBits(data []byte) ([]byte, error) {
	var squared []byte
	for ; len(data) >= 4; data = data[4:] {
		v := float32(binary.LittleEndian.Uint32(data))
		squared = binary.LittleEndian.AppendUint32(squared, uint32(v*v))
	}
	return squared, nil
}

// The lesson's own code, for 8 bytes a value.
func wrongEightBytes(data []byte) ([]byte, error) {
	var squared []byte
	for ; len(data) >= 8; data = data[8:] {
		v := math.Float64frombits(binary.LittleEndian.Uint64(data))
		squared = binary.LittleEndian.AppendUint64(squared, math.Float64bits(v*v))
	}
	return squared, nil
}

// The reply in another dtype than its header says.
func wrongWidened(data []byte) ([]byte, error) {
	var squared []byte
	for ; len(data) >= 4; data = data[4:] {
		v := float64(math.Float32frombits(binary.LittleEndian.Uint32(data)))
		squared = binary.LittleEndian.AppendUint64(squared, math.Float64bits(v*v))
	}
	return squared, nil
}
