package main

import (
	"bytes"
	"encoding/gob"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// message prepends its length to a part of a gob, as gob does.
func message(part string) string {
	n := len(part)
	if n < 128 {
		return string([]byte{byte(n)}) + part
	}
	return string([]byte{0xfe, byte(n >> 8), byte(n)}) + part
}

// What gob sends before a Matrix: its description and that of []float64. The
// first two bytes of a description are the number of the type.
var description = message("\xff\x81\x03\x01\x01\x06Matrix\x01\xff\x82\x00\x01\x03"+
	"\x01\x04Rows\x01\x04\x00\x01\x04Cols\x01\x04\x00\x01\x06Values\x01\xff\x84\x00\x00\x00") +
	message("\xff\x83\x02\x01\x02\xff\x84\x00\x01\x08\x00\x00")

// The description of a struct with Rows and a field X, which a Matrix does not
// have. The description of X's type must follow.
var unknown = message("\xff\x81\x03\x01\x02\xff\x82\x00\x01\x02" +
	"\x01\x04Rows\x01\x04\x00\x01\x01X\x01\xff\x84\x00\x00\x00")

func encode(t testing.TB, values ...any) []byte {
	t.Helper()
	var data bytes.Buffer
	for _, v := range values {
		if err := gob.NewEncoder(&data).Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	return data.Bytes()
}

// second returns the second message of an Encoder, which has no description.
func second(t *testing.T) []byte {
	t.Helper()
	var data bytes.Buffer
	encoder := gob.NewEncoder(&data)
	for range 2 {
		data.Reset()
		if err := encoder.Encode(Matrix{1, 1, []float64{3}}); err != nil {
			t.Fatal(err)
		}
	}
	return data.Bytes()
}

// reply answers a request and decodes the reply as a client does. The test fails
// if that allocates more than 32 MiB.
func reply(t *testing.T, frames ...[]byte) Reply {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	data, err := answer(decode(frames))
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatalf("cannot encode the reply: %v", err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 32<<20 {
		t.Errorf("the answer took %d bytes of memory", n)
	}

	var reply Reply
	r := bytes.NewReader(data)
	if err := gob.NewDecoder(r).Decode(&reply); err != nil || r.Len() > 0 {
		t.Fatalf("a client cannot decode the reply %q: %v, %d bytes left", data, err, r.Len())
	}
	return reply
}

func TestAnswer(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	root := math.Sqrt(2) // 9 bytes in gob, the most that a value takes
	tests := []struct {
		name    string
		request any
		want    Matrix
	}{
		{"one value", Matrix{1, 1, []float64{3}}, Matrix{1, 1, []float64{9}}},
		{"two rows", Matrix{2, 3, []float64{1, 2, 3, 4, 5, -6}}, Matrix{2, 3, []float64{1, 4, 9, 16, 25, 36}}},
		{"zeros", Matrix{2, 2, make([]float64, 4)}, Matrix{2, 2, make([]float64, 4)}},
		{"not finite", Matrix{1, 3, []float64{nan, inf, -inf}}, Matrix{1, 3, []float64{nan, inf, inf}}},
		{"too large, too small", Matrix{1, 2, []float64{1e200, 1e-200}}, Matrix{1, 2, []float64{inf, 0}}},
		{"almost the limit", Matrix{7000, 1, slices.Repeat([]float64{root}, 7000)}, Matrix{7000, 1, slices.Repeat([]float64{root * root}, 7000)}},
		{"a type with a different name, a different order, and one more field",
			struct {
				Author     string
				Values     []float64
				Cols, Rows int8
			}{"Ada", []float64{2}, 1, 1},
			Matrix{1, 1, []float64{4}}},
		{"a pointer", &Matrix{1, 1, []float64{2}}, Matrix{1, 1, []float64{4}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := reply(t, encode(t, test.request))
			same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
			if got.Error != "" || got.Squared.Rows != test.want.Rows || got.Squared.Cols != test.want.Cols ||
				!slices.EqualFunc(got.Squared.Values, test.want.Values, same) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestBadRequest(t *testing.T) {
	good := encode(t, Matrix{1, 1, []float64{3}})
	frame := func(s string) [][]byte { return [][]byte{[]byte(s)} }
	value := func(v any) [][]byte { return [][]byte{encode(t, v)} }
	tests := []struct {
		name   string
		frames [][]byte
		want   string
	}{
		{"no frame", nil, "a request is one frame, not 0"},
		{"two frames", [][]byte{good, good}, "a request is one frame, not 2"},
		{"too long", frame(strings.Repeat("x", limit+1)), "a request is at most 65536 bytes, not 65537"},

		{"empty", frame(""), `not a matrix in gob: "EOF"`},
		{"text", frame("Ada"), `not a matrix in gob: "unexpected EOF"`},
		{"a pickle", frame("\x80\x04K\x01."), `not a matrix in gob: "gob: encoded unsigned integer out of range"`},
		{"a string", value("Ada"), `not a matrix in gob: "gob: type mismatch in decoder: want struct type main.Matrix; got non-struct"`},
		{"bare values", value([]float64{1}), `not a matrix in gob: "gob: type mismatch in decoder: want struct type main.Matrix; got non-struct"`},
		{"a different struct", value(struct{ Name string }{"Ada"}), `not a matrix in gob: "gob: type mismatch: no fields matched compiling decoder for Matrix"`},
		{"the second of one Encoder", [][]byte{second(t)}, `not a matrix in gob: "gob: unknown type id or corrupted data"`},
		{"a field of a different type", value(struct{ Rows string }{"1"}), `not a matrix in gob: "gob: wrong type (int) for received field .Rows"`},
		{"control characters in a name", frame(strings.NewReplacer("Matrix", "\x1b[31m!", "Rows\x01\x04", "Rows\x01\x0c").Replace(description) +
			message("\xff\x82\x00")), `received field \x1b[31m!.Rows"`},
		{"one more byte", frame(string(good) + "x"), "extra bytes after the matrix: 1"},
		{"two matrices", frame(string(good) + string(good)), "extra bytes after the matrix: "},

		{"too few values", value(Matrix{2, 2, []float64{1, 2, 3}}), "invalid matrix: shape 2 x 2, number of values 3"},
		{"too many values", value(Matrix{2, 2, []float64{1, 2, 3, 4, 5}}), "invalid matrix: shape 2 x 2, number of values 5"},
		{"one more row", value(Matrix{2, 2, make([]float64, 6)}), "invalid matrix: shape 2 x 2, number of values 6"},
		{"no values", value(Matrix{2, 2, nil}), "invalid matrix: shape 2 x 2, number of values 0"},
		{"nothing", value(Matrix{}), "invalid matrix: shape 0 x 0, number of values 0"},
		{"no row", value(Matrix{0, 2, nil}), "invalid matrix: shape 0 x 2, number of values 0"},
		{"no column", value(Matrix{2, 0, nil}), "invalid matrix: shape 2 x 0, number of values 0"},
		{"negative", value(Matrix{-2, -2, make([]float64, 4)}), "invalid matrix: shape -2 x -2, number of values 4"},
		{"a product that overflows to 4", value(Matrix{math.MaxInt/2 + 2, 4, make([]float64, 4)}), "invalid matrix: shape "},

		// If a length is not true, gob allocates at most 10 MiB.
		{"2^29 values, none there", frame(description + message("\xff\x82\x03\xfc\x20\x00\x00\x00\x00")),
			`length exceeds input size (536870912 elements)`},
		{"2^40 values", frame(description + message("\xff\x82\x03\xfa\x01\x00\x00\x00\x00\x00\x00")),
			`float64 slice too big: 1099511627776 elements`},
		{"a message of 8 GiB", frame("\xfb\x01\xff\xff\xff\xff" + "x"), `"unexpected EOF"`},
		{"a message of 16 EiB", frame("\xf8\xff\xff\xff\xff\xff\xff\xff\xff"), `"invalid message length"`},
		{"2^26 fields", frame(message("\xff\x81\x03\x01\x02\xff\x82\x00\x01\xfc\x04\x00\x00\x00")),
			`length exceeds input size (67108864 elements)`},

		// gob skips fields that a Matrix does not have. The type of this field X has
		// a field X of the same type, so the nesting is as deep as the request is long.
		{"values inside values", frame(unknown +
			message("\xff\x83\x03\x01\x02\xff\x84\x00\x01\x01\x01\x01X\x01\xff\x84\x00\x00\x00") +
			message("\xff\x82\x02"+strings.Repeat("\x01", limit-100))),
			"invalid matrix: shape 0 x 0, number of values 0"},
		// This X is a map from structs to structs. gob skips every entry and does not
		// notice that there are none. With 2^62 entries, that would take years.
		{"a map of 2^20 entries, none there", frame(unknown +
			message("\xff\x83\x04\x01\x02\xff\x84\x00\x01\xff\x82\x01\xff\x82\x00\x00") +
			message("\xff\x82\x02\xfd\x10\x00\x00")),
			"invalid matrix: shape 0 x 0, number of values 0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := reply(t, test.frames...)
			if got.Squared.Rows != 0 || len(got.Squared.Values) != 0 || !strings.Contains(got.Error, test.want) {
				t.Errorf("got %+v, want the error %q", got, test.want)
			}
		})
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("Ada"))
	f.Add([]byte("\x80\x04K\x01."))
	f.Add(encode(f, "Ada"))
	f.Add(encode(f, Matrix{1, 2, []float64{3, math.NaN()}}))
	f.Add(encode(f, Matrix{-1, math.MaxInt, nil}))
	f.Add(encode(f, Matrix{1, 1, []float64{1}}, Matrix{1, 1, []float64{1}}))
	f.Add(encode(f, Reply{Error: "no"}))
	f.Add([]byte(description + message("\xff\x82\x03\xfc\x20\x00\x00\x00\x00")))
	f.Add([]byte("\xfb\x01\xff\xff\xff\xffx"))
	f.Fuzz(func(t *testing.T, request []byte) {
		got := reply(t, request)
		if bad := got.Error != ""; bad != (len(got.Squared.Values) == 0) {
			t.Errorf("got %+v: want a matrix or an error", got)
		}
		if n := len(got.Squared.Values); got.Squared.Rows*got.Squared.Cols != n || n > len(request) {
			t.Errorf("got %d x %d, %d values", got.Squared.Rows, got.Squared.Cols, n)
		}
		for _, v := range got.Squared.Values {
			if v < 0 {
				t.Errorf("got %v: a square is not negative", v)
			}
		}
	})
}
