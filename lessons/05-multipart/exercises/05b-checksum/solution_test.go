package checksum

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// First check whether there is a frame at all: a client may send a message
// without frames.
//
// Package hash/crc32 computes the checksum: crc32.NewIEEE() returns a hash that
// you write each frame to, and its Sum32 method returns the result.
//
// binary.BigEndian.Uint32 turns 4 bytes into a number. It panics if there are
// fewer.
func solution(frames [][]byte) ([][]byte, error) {
	if len(frames) == 0 {
		return nil, errors.New("no checksum")
	}
	body, last := frames[:len(frames)-1], frames[len(frames)-1]
	sum := crc32.NewIEEE()
	for _, frame := range body {
		sum.Write(frame)
	}
	if len(last) != 4 || binary.BigEndian.Uint32(last) != sum.Sum32() {
		return nil, errors.New("the checksum does not match")
	}
	return body, nil
}
