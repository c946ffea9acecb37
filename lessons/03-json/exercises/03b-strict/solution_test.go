package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// json.Unmarshal has no options. A json.Decoder has one that rejects unknown
// fields; bytes.NewReader lets it read from a slice.
//
// DisallowUnknownFields makes a Decoder reject a misspelled field. But a Decoder
// reads one value and stops, so ask it for one more token: only the error io.EOF
// means that nothing is left.
func solution(data []byte) (Greeting, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var greeting Greeting
	if err := decoder.Decode(&greeting); err != nil {
		return Greeting{}, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Greeting{}, errors.New("something follows the request")
	}
	return greeting, nil
}
