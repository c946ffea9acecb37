package main

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	const header = `{"dtype": "<f8", "shape": [100, 10], "order": "C"}`
	data := string(make([]byte, 8*rows*columns))
	tests := []struct {
		name   string
		frames []string
		want   string // the error
	}{
		{"good", []string{header, data}, ""},
		{"the same header in a different order", []string{`{"order":"C","shape":[100,10],"dtype":"\u003cf8"}`, data}, ""},
		{"no frame", nil, "a reply is two frames, not 0"},
		{"an error", []string{`{"error": "the order is not C"}`}, "the server rejected the matrix: `{\"error\": \"the order is not C\"}`"},
		{"three frames", []string{header, "", header}, "a reply is two frames, not 3"},
		{"not JSON", []string{"header", data}, "the header is not JSON: invalid character 'h' looking for beginning of value"},
		{"a different dtype", []string{strings.Replace(header, "f8", "f4", 1), data},
			"the header describes a different matrix: `{\"dtype\": \"<f4\", \"shape\": [100, 10], \"order\": \"C\"}`"},
		{"a different shape", []string{strings.Replace(header, "10]", "11]", 1), data},
			"the header describes a different matrix: `{\"dtype\": \"<f8\", \"shape\": [100, 11], \"order\": \"C\"}`"},
		{"a different order", []string{strings.Replace(header, "C", "F", 1), data},
			"the header describes a different matrix: `{\"dtype\": \"<f8\", \"shape\": [100, 10], \"order\": \"F\"}`"},
		{"one byte too few", []string{header, data[1:]}, "the length of the data is 7999, not 100 x 10 x 8"},
		{"one byte too many", []string{header, data + "x"}, "the length of the data is 8001, not 100 x 10 x 8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var frames [][]byte
			for _, frame := range test.frames {
				frames = append(frames, []byte(frame))
			}
			got := ""
			if _, err := parse(frames); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestParseValues(t *testing.T) {
	var data []byte
	for i := range rows * columns {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(float64(i)))
	}
	values, err := parse([][]byte{[]byte(`{"dtype": "<f8", "shape": [100, 10], "order": "C"}`), data})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range values {
		if v != float64(i) {
			t.Fatalf("value %d is %v", i, v)
		}
	}
}
