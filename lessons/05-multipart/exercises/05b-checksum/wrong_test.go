package checksum

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// It does not compare the checksum.
func wrongTrusting(frames [][]byte) ([][]byte, error) {
	return frames[:len(frames)-1], nil
}

// It computes the checksum of only the last data frame.
func wrongOnlyLast(frames [][]byte) ([][]byte, error) {
	n := len(frames)
	if n < 2 || !bytes.Equal(frames[n-1], binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(frames[n-2]))) {
		return nil, errors.New("the checksum does not match")
	}
	return frames[:n-1], nil
}

// It reads the bytes in the wrong order.
func wrongLittleEndian(frames [][]byte) ([][]byte, error) {
	n := len(frames)
	if n == 0 || !bytes.Equal(frames[n-1], binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(bytes.Join(frames[:n-1], nil)))) {
		return nil, errors.New("the checksum does not match")
	}
	return frames[:n-1], nil
}

// It panics if the last frame has fewer than 4 bytes.
func wrongShortFrame(frames [][]byte) ([][]byte, error) {
	n := len(frames)
	if binary.BigEndian.Uint32(frames[n-1]) != crc32.ChecksumIEEE(bytes.Join(frames[:n-1], nil)) {
		return nil, errors.New("the checksum does not match")
	}
	return frames[:n-1], nil
}

// It returns the checksum too.
func wrongAllFrames(frames [][]byte) ([][]byte, error) {
	_, err := solution(frames)
	return frames, err
}

// It ignores what follows the first 4 bytes.
func wrongLongFrame(frames [][]byte) ([][]byte, error) {
	n := len(frames)
	if n == 0 || len(frames[n-1]) < 4 ||
		binary.BigEndian.Uint32(frames[n-1]) != crc32.ChecksumIEEE(bytes.Join(frames[:n-1], nil)) {
		return nil, errors.New("the checksum does not match")
	}
	return frames[:n-1], nil
}
