package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
)

const good = `{"dtype": "<f8", "shape": [1, 2], "order": "C"}`

// What is wrong with a header.
const (
	notUTF8   = "the header is not UTF-8"
	notObject = "the header is not one JSON object"
	badFields = "the fields of the header are not dtype, shape and order, each once"
	badDtype  = "the dtype is not little-endian float64"
	badShape  = "the shape is not two positive int64 numbers"
	badOrder  = "the order is not C"
)

var headers = []struct {
	header string
	want   string // the error, or "" for a shape of 1 x 2
}{
	{good, ""},
	{`{"dtype":"<f8","shape":[1,2],"order":"C"}`, ""},
	{"\n{\"order\": \"C\",\t\"shape\": [1, 2], \"dtype\": \"<f8\"} ", ""},
	{`{"dtype": "\u003cf8", "\u0073hape": [1, 2], "order": "C"}`, ""}, // the same characters

	{"\xff", notUTF8},
	{`{"dtype": "<f8` + "\xff" + `", "shape": [1, 2], "order": "C"}`, notUTF8},
	{"\xff\xfe{\x00}\x00", notUTF8}, // UTF-16

	{``, notObject},
	{`null`, notObject},
	{`[]`, notObject},
	{`"<f8"`, notObject},
	{`f8`, notObject},
	{good[1:], notObject},
	{good[:len(good)-1], notObject},
	{"\ufeff" + good, notObject},
	{good + good, notObject},
	{good + "x", notObject},
	{good + "\x00", notObject},
	{strings.Replace(good, `"C"`, `'C'`, 1), notObject},
	{strings.Replace(good, `"C"`, `NaN`, 1), notObject},
	{strings.Replace(good, `"C"`, "\"\x00\"", 1), notObject},
	{strings.Repeat(`{"dtype":`, 20000), notObject},
	{strings.Replace(good, `"C"`, strings.Repeat("[", 20000)+strings.Repeat("]", 20000), 1), notObject},

	{`{}`, badFields},
	{strings.Replace(good, `, "order": "C"`, ``, 1), badFields},
	{strings.Replace(good, `"C"`, `"C", "endian": "little"`, 1), badFields},
	{strings.Replace(good, `"C"`, `"C", "order": "C"`, 1), badFields},
	{strings.Replace(good, `"C"`, `"C", "\u006frder": "C"`, 1), badFields},
	{strings.Replace(good, `shape`, `Shape`, 1), badFields},
	{strings.Replace(good, `shape`, `\ud800`, 1), badFields},
	{strings.Replace(good, `shape`, ``, 1), badFields},

	{strings.Replace(good, `<f8`, `<f4`, 1), badDtype},
	{strings.Replace(good, `<f8`, `>f8`, 1), badDtype},
	{strings.Replace(good, `<f8`, `<F8`, 1), badDtype},
	{strings.Replace(good, `<f8`, ``, 1), badDtype},
	{strings.Replace(good, `"<f8"`, `null`, 1), badDtype},
	{strings.Replace(good, `"<f8"`, `8`, 1), badDtype},
	{strings.Replace(good, `"<f8"`, `["<f8"]`, 1), badDtype},

	{strings.Replace(good, `"C"`, `"F"`, 1), badOrder},
	{strings.Replace(good, `"C"`, `"c"`, 1), badOrder},
	{strings.Replace(good, `"C"`, `null`, 1), badOrder},
	{strings.Replace(good, `"C"`, `{"C": "C"}`, 1), badOrder},

	{strings.Replace(good, `[1, 2]`, `null`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `2`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `"1, 2"`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `{"0": 1, "1": 2}`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `[]`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `[2]`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `[1, 2, 1]`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `[[1], [2]]`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `[1, null]`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `["1", 2]`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `[true, 2]`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `[0, 2]`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `[1, -0]`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `[-1, -2]`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `[1.0, 2]`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `[1, 2e0]`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `[1, 9223372036854775808]`, 1), badShape},
	{strings.Replace(good, `[1, 2]`, `[1, 1e400]`, 1), badShape},
}

func TestParseHeader(t *testing.T) {
	for _, test := range headers {
		rows, columns, err := parseHeader([]byte(test.header))
		if test.want == "" {
			if rows != 1 || columns != 2 || err != nil {
				t.Errorf("%q: got %d x %d, %v; want 1 x 2", test.header, rows, columns, err)
			}
		} else if err == nil || err.Error() != test.want {
			t.Errorf("%.80q: got %d x %d, %v; want %s", test.header, rows, columns, err, test.want)
		}
	}
}

// frames returns a header for a shape, such as "100, 10", and the data.
func frames(shape string, data ...byte) [][]byte {
	return [][]byte{[]byte(strings.Replace(good, "1, 2", shape, 1)), data}
}

func TestParse(t *testing.T) {
	eight, sixteen := make([]byte, 8), make([]byte, 16)
	tests := []struct {
		name          string
		frames        [][]byte
		rows, columns int64
		want          string // the error
	}{
		{"a row", frames("1, 2", sixteen...), 1, 2, ""},
		{"a column", frames("2, 1", sixteen...), 2, 1, ""},
		{"100 x 10", frames("100, 10", make([]byte, 8000)...), 100, 10, ""},
		{"no frame", nil, 0, 0, "a request is two frames, not 0"},
		{"one frame", [][]byte{[]byte(good)}, 0, 0, "a request is two frames, not 1"},
		{"three frames", [][]byte{[]byte(good), eight, eight}, 0, 0, "a request is two frames, not 3"},
		{"frames swapped", [][]byte{sixteen, []byte(good)}, 0, 0, notObject},
		{"no data", frames("1, 2"), 0, 0, "the length of the data is 0, not 1 x 2 x 8"},
		{"a value too few", frames("1, 2", eight...), 0, 0, "the length of the data is 8, not 1 x 2 x 8"},
		{"a value too many", frames("1, 1", sixteen...), 0, 0, "the length of the data is 16, not 1 x 1 x 8"},
		{"a byte too few", frames("1, 2", sixteen[1:]...), 0, 0, "the length of the data is 15, not 1 x 2 x 8"},
		{"a byte too many", frames("1, 1", make([]byte, 9)...), 0, 0, "the length of the data is 9, not 1 x 1 x 8"},
		{"a row too short", frames("1, 3", sixteen...), 0, 0, "the length of the data is 16, not 1 x 3 x 8"},
		{"half a row too many", frames("1, 2", make([]byte, 24)...), 0, 0, "the length of the data is 24, not 1 x 2 x 8"},

		// In 64 bits, these products overflow to 0 bytes, 16 bytes, and 2 values.
		{"overflow to 0 bytes", frames("4294967296, 536870912"), 0, 0,
			"the length of the data is 0, not 4294967296 x 536870912 x 8"},
		{"overflow to 16 bytes", frames("2305843009213693954, 1", sixteen...), 0, 0,
			"the length of the data is 16, not 2305843009213693954 x 1 x 8"},
		{"overflow to 2 values", frames("6, 3074457345618258603", sixteen...), 0, 0,
			"the length of the data is 16, not 6 x 3074457345618258603 x 8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rows, columns, err := parse(test.frames)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if rows != test.rows || columns != test.columns || got != test.want {
				t.Errorf("got %d x %d, %q; want %d x %d, %q", rows, columns, got, test.rows, test.columns, test.want)
			}
		})
	}
}

func TestSquare(t *testing.T) {
	inf := math.Inf(1)
	tests := []struct{ value, want float64 }{
		{0, 0}, {3, 9}, {-1.5, 2.25},
		{0.1, 0.010000000000000002}, // rounded to a float64
		{math.Copysign(0, -1), 0}, {inf, inf}, {-inf, inf},
		{1e200, inf}, {1e-200, 0}, {math.NaN(), math.NaN()},
	}
	data := make([]byte, 8*len(tests))
	for i, test := range tests {
		binary.LittleEndian.PutUint64(data[8*i:], math.Float64bits(test.value))
	}
	square(data)
	for i, test := range tests {
		got := math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
		if got != test.want && !(math.IsNaN(got) && math.IsNaN(test.want)) {
			t.Errorf("the square of %v is %v, want %v", test.value, got, test.want)
		}
	}
}

func TestRefusal(t *testing.T) {
	got := string(refusal(errors.New(`it is "bad"`)))
	if want := `{"error":"it is \"bad\""}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// FuzzHeader looks for a header that parseHeader should not accept.
func FuzzHeader(f *testing.F) {
	for _, test := range headers {
		f.Add([]byte(test.header))
	}
	f.Fuzz(func(t *testing.T, header []byte) {
		rows, columns, err := parseHeader(header)
		if err != nil {
			return
		}
		// Decode it again in a different, less strict way.
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(header, &fields); err != nil {
			t.Fatal(err)
		}
		var dtype, order string
		var shape []json.Number
		for name, value := range map[string]any{"dtype": &dtype, "order": &order, "shape": &shape} {
			if err := json.Unmarshal(fields[name], value); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if len(fields) != 3 || dtype != "<f8" || order != "C" || len(shape) != 2 {
			t.Fatalf("accepted, with the fields %q", fields)
		}
		for i, n := range []int64{rows, columns} {
			if got, err := shape[i].Int64(); err != nil || got != n || n < 1 {
				t.Errorf("the shape %s was decoded as %d x %d", shape, rows, columns)
			}
		}
	})
}

// FuzzRequest looks for a request that parse accepts although its shape does not
// match its data, and for a value that square does not square.
func FuzzRequest(f *testing.F) {
	for _, shape := range []string{"1, 2", "2, 1", "1, 3", "4294967296, 536870912", "6, 3074457345618258603"} {
		for _, size := range []int{0, 7, 16, 24} {
			request := frames(shape, make([]byte, size)...)
			f.Add(request[0], request[1])
		}
	}
	f.Fuzz(func(t *testing.T, header, data []byte) {
		rows, columns, err := parse([][]byte{header, data})
		if err != nil {
			if !json.Valid(refusal(err)) {
				t.Errorf("the reply %s is not JSON", refusal(err))
			}
			return
		}
		size := new(big.Int).Mul(big.NewInt(rows), big.NewInt(columns))
		size.Mul(size, big.NewInt(8))
		if size.Cmp(big.NewInt(int64(len(data)))) != 0 {
			t.Fatalf("%d x %d values in %d bytes", rows, columns, len(data))
		}
		values := make([]float64, rows*columns)
		if _, err := binary.Decode(data, binary.LittleEndian, values); err != nil {
			t.Fatal(err)
		}
		data = bytes.Clone(data)
		square(data)
		squares := make([]float64, rows*columns)
		if _, err := binary.Decode(data, binary.LittleEndian, squares); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			if v*v != squares[i] && !(math.IsNaN(v) && math.IsNaN(squares[i])) {
				t.Errorf("the square of %v is %v", v, squares[i])
			}
		}
	})
}
