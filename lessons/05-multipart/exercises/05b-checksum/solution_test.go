package checksum

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// First of all look whether there is a frame at all: anyone may send a message
// without one.
//
// hash/crc32 has it: crc32.NewIEEE() is a hash that you Write each frame to;
// Sum32 is the result.
//
// binary.BigEndian.Uint32 makes a number of 4 bytes. It panics if there are
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
