package float32s

import (
	"encoding/binary"
	"math"
)

// It uses network byte order, but "<f4" is little-endian.
func wrongBigEndian(data []byte) []byte {
	var squared []byte
	for ; len(data) >= 4; data = data[4:] {
		v := math.Float32frombits(binary.BigEndian.Uint32(data))
		squared = binary.BigEndian.AppendUint32(squared, math.Float32bits(v*v))
	}
	return squared
}

// It interprets the bits of a float32 as an integer.
func wrongNoBits(data []byte) []byte {
	var squared []byte
	for ; len(data) >= 4; data = data[4:] {
		v := float32(binary.LittleEndian.Uint32(data))
		squared = binary.LittleEndian.AppendUint32(squared, uint32(v*v))
	}
	return squared
}

// The lesson's code, for 8 bytes per value.
func wrongEightBytes(data []byte) []byte {
	var squared []byte
	for ; len(data) >= 8; data = data[8:] {
		v := math.Float64frombits(binary.LittleEndian.Uint64(data))
		squared = binary.LittleEndian.AppendUint64(squared, math.Float64bits(v*v))
	}
	return squared
}

// Its reply has a different dtype than the header says.
func wrongWidened(data []byte) []byte {
	var squared []byte
	for ; len(data) >= 4; data = data[4:] {
		v := float64(math.Float32frombits(binary.LittleEndian.Uint32(data)))
		squared = binary.LittleEndian.AppendUint64(squared, math.Float64bits(v*v))
	}
	return squared
}
