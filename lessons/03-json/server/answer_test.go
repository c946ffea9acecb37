package main

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var good = []struct {
	request string
	want    []float64
}{
	{`{"numbers": [3, 1, 2]}`, []float64{3, 1, 2}},
	{" {\t\"numbers\":\r[ 3 , 1 ]\n} ", []float64{3, 1}},
	{`{"numbers": [0, -0.5, 1E+2, 2e-1]}`, []float64{0, -0.5, 100, 0.2}},
	{`{"numbers": [1.7976931348623157e308]}`, []float64{math.MaxFloat64}},
	{`{"numbers": [1e308, 1e308]}`, []float64{1e308, 1e308}}, // sumUp rejects them
	{`{"numbers": [1e-999]}`, []float64{0}},
	{`{"numbers": [9007199254740993]}`, []float64{9007199254740992}}, // 2^53 + 1
	{`{"\u006eumbers": [1]}`, []float64{1}},                          // \u006e is an n
	{`{"numbers": [1], "numbers": [2]}`, []float64{2}},               // the last one wins
}

const (
	notUTF8   = "the request is not UTF-8"
	notJSON   = "the request is not JSON: "
	notObject = "a request is an object with one field, numbers"
	notList   = "numbers is not a list of one or more numbers that fit a float64"
)

var bad = []struct{ name, request, want string }{
	{"empty", ``, notJSON},
	{"text", `hello`, notJSON},
	{"cut", `{"numbers": [1`, notJSON},
	{"two documents", `{"numbers": [1]} {"numbers": [1]}`, notJSON},
	{"one more byte", `{"numbers": [1]}]`, notJSON},
	{"byte order mark", "\ufeff" + `{"numbers": [1]}`, notJSON},
	{"NaN", `{"numbers": [NaN]}`, notJSON},
	{"Infinity", `{"numbers": [-Infinity]}`, notJSON},
	{"leading zero", `{"numbers": [01]}`, notJSON},
	{"single quotes", `{'numbers': [1]}`, notJSON},
	{"comma at the end", `{"numbers": [1,]}`, notJSON},
	{"10,001 levels", `{"numbers": ` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`, notJSON},
	{"10,000 levels", `{"numbers": ` + strings.Repeat("[", 9999) + strings.Repeat("]", 9999) + `}`, notList},

	{"not UTF-8", "{\"numbers\xff\": [1]}", notUTF8},
	{"UTF-16", "{\x00}\x00\xff\xfe", notUTF8},

	{"null", `null`, notObject},
	{"list", `[3, 1, 2]`, notObject},
	{"number", `3`, notObject},
	{"string", `"numbers"`, notObject},
	{"no field", `{}`, notObject},
	{"unknown field", `{"numbers": [1], "unit": "m"}`, notObject},
	{"only an unknown field", `{"unit": "m"}`, notObject},
	{"capital letter", `{"Numbers": [1]}`, notObject},
	{"the same with a capital letter", `{"numbers": [1], "Numbers": [2]}`, notObject},
	{"long s", `{"numberſ": [1]}`, notObject}, // a struct field would accept it as an s

	{"null for the list", `{"numbers": null}`, notList},
	{"no numbers", `{"numbers": []}`, notList},
	{"number for the list", `{"numbers": 3}`, notList},
	{"string for the list", `{"numbers": "3"}`, notList},
	{"object for the list", `{"numbers": {"0": 3}}`, notList},
	{"null in the list", `{"numbers": [3, null, 2]}`, notList},
	{"true in the list", `{"numbers": [3, true]}`, notList},
	{"string in the list", `{"numbers": [3, "1"]}`, notList},
	{"list in the list", `{"numbers": [[3]]}`, notList},
	{"number out of range", `{"numbers": [1e999]}`, notList},
	{"number below the range", `{"numbers": [-1e999]}`, notList},
	{"integer out of range", `{"numbers": [1` + strings.Repeat("0", 309) + `]}`, notList},
	{"the last one wins", `{"numbers": [1], "numbers": null}`, notList},
}

func TestParse(t *testing.T) {
	for _, test := range good {
		got, err := parse([][]byte{[]byte(test.request)})
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, %v, want %v", test.request, got, err, test.want)
		}
	}
	for _, test := range bad {
		got, err := parse([][]byte{[]byte(test.request)})
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: got %v, error %v, want error %s", test.name, got, err, test.want)
		}
	}
}

// What goes wrong if a server decodes a request into a struct, as the client
// decodes a reply.
func TestDecodeIntoStruct(t *testing.T) {
	type request struct {
		Numbers []float64 `json:"numbers"`
		Unit    string    `json:"unit"`
	}
	tests := []struct {
		text string
		want request
	}{
		{`{"numbers": [3, null]}`, request{[]float64{3, 0}, ""}},
		{`{"NUMBERS": [3]}`, request{[]float64{3}, ""}},
		{`{"numbers": [3], "author": "Ada"}`, request{[]float64{3}, ""}},
		{"{\"numbers\": [3], \"unit\": \"\xff\"}", request{[]float64{3}, "\ufffd"}},
	}
	for _, test := range tests {
		var got request
		err := json.Unmarshal([]byte(test.text), &got)
		if err != nil || !slices.Equal(got.Numbers, test.want.Numbers) || got.Unit != test.want.Unit {
			t.Errorf("%q: got %v, %v, want %v", test.text, got, err, test.want)
		}
		if got, err := parse([][]byte{[]byte(test.text)}); err == nil {
			t.Errorf("%q: parse accepts it: %v", test.text, got)
		}
	}
}

func TestParseFrames(t *testing.T) {
	frame := []byte(`{"numbers": [1]}`)
	for _, frames := range [][][]byte{nil, {frame, frame}, {frame, nil}} {
		want := fmt.Sprintf("a request is one frame, not %d", len(frames))
		if got, err := parse(frames); err == nil || err.Error() != want {
			t.Errorf("got %v, error %v, want error %s", got, err, want)
		}
	}
}

func TestSumUp(t *testing.T) {
	tests := []struct {
		numbers []float64
		want    summary
		ok      bool
	}{
		{[]float64{3, 1, 2}, summary{3, 6, 2, 1, 3}, true},
		{[]float64{0.5, -1.5}, summary{2, -1, -0.5, -1.5, 0.5}, true},
		{[]float64{math.MaxFloat64}, summary{1, math.MaxFloat64, math.MaxFloat64, math.MaxFloat64, math.MaxFloat64}, true},
		{[]float64{1e308, 1e308}, summary{}, false},
		{[]float64{-1e308, -1e308}, summary{}, false},
		{[]float64{1e308, 1e308, -1e308}, summary{}, false}, // infinite before the last one
	}
	for _, test := range tests {
		got, err := sumUp(test.numbers)
		if got != test.want || (err == nil) != test.ok {
			t.Errorf("%v: got %v, %v, want %v", test.numbers, got, err, test.want)
		}
	}
}

// Any request gets a reply in JSON.
func FuzzAnswer(f *testing.F) {
	for _, test := range good {
		f.Add([]byte(test.request))
	}
	for _, test := range bad {
		f.Add([]byte(test.request))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		numbers, err := parse([][]byte{data})
		if err != nil {
			if err.Error() == "" || !utf8.ValidString(err.Error()) {
				t.Errorf("the error is %q", err)
			}
			return
		}
		if !json.Valid(data) || !utf8.Valid(data) {
			t.Errorf("%q is accepted", data)
		}

		want, err := sumUp(numbers)
		if err != nil {
			return
		}
		reply, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err) // NaN or infinity
		}
		var got summary
		if err := json.Unmarshal(reply, &got); err != nil || got != want {
			t.Errorf("%s decodes to %v, %v, want %v", reply, got, err, want)
		}
		if want.Count < 1 || want.Count != len(numbers) || want.Min > want.Max {
			t.Errorf("%q: %s", data, reply)
		}
	})
}
