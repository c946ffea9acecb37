package strict

import (
	"bytes"
	"encoding/json"
	"errors"
)

// It ignores a misspelled field.
func wrongLenient(data []byte) (Greeting, error) {
	var greeting Greeting
	err := json.Unmarshal(data, &greeting)
	return greeting, err
}

// Its decoder stops after the first object.
func wrongFirstObject(data []byte) (Greeting, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var greeting Greeting
	err := decoder.Decode(&greeting)
	return greeting, err
}

// It calls More, which detects a second object but not a stray bracket.
func wrongOnlyMore(data []byte) (Greeting, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var greeting Greeting
	if err := decoder.Decode(&greeting); err != nil {
		return Greeting{}, err
	}
	if decoder.More() {
		return Greeting{}, errors.New("something follows the request")
	}
	return greeting, nil
}

// It rejects a request without a title.
func wrongAllFields(data []byte) (Greeting, error) {
	greeting, err := solution(data)
	if err == nil && greeting.Title == "" {
		err = errors.New("no title")
	}
	return greeting, err
}
