package gob_test

import (
	"bytes"
	"encoding/gob"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"zeromq-lessons/internal/lessontest"
)

func TestMain(m *testing.M) { lessontest.Main(m, "./server", "./client") }

func TestLesson(t *testing.T) { lessontest.Lesson(t) }

// The types of this test have names of their own: gob matches by field.
type table struct {
	Rows, Cols int
	Values     []float64
}

type result struct {
	Squared table
	Error   string
}

// ask sends a value of any type in gob and decodes the reply.
func ask(t *testing.T, endpoint string, v any) result {
	t.Helper()
	var request bytes.Buffer
	if err := gob.NewEncoder(&request).Encode(v); err != nil {
		t.Error(err)
	}
	var reply result
	frames := lessontest.Ask(t, endpoint, request.Bytes())
	if len(frames) != 1 {
		t.Errorf("got %d frames, want 1", len(frames))
	} else if err := gob.NewDecoder(bytes.NewReader(frames[0])).Decode(&reply); err != nil {
		t.Errorf("cannot decode the reply %q: %v", frames[0], err)
	}
	return reply
}

// Fifty clients at once, each with a matrix of its own, get a reply each, to
// their own request.
func TestFiftyClients(t *testing.T) {
	endpoint := lessontest.Serve(t)
	var clients sync.WaitGroup
	for i := range 50 {
		clients.Go(func() {
			request := table{Rows: 2, Cols: 3}
			want := table{Rows: 2, Cols: 3}
			for j := range 6 {
				v := float64(100*i + j)
				request.Values = append(request.Values, v)
				want.Values = append(want.Values, v*v)
			}
			got := ask(t, endpoint, request)
			if got.Error != "" || !reflect.DeepEqual(got.Squared, want) {
				t.Errorf("client %d: got %+v, want %+v", i, got, want)
			}
		})
	}
	clients.Wait()
}

// A field that is not exported is not sent, and nobody says so.
func TestUnexportedField(t *testing.T) {
	type Matrix struct {
		Rows, Cols int
		values     []float64
	}
	reply := ask(t, lessontest.Serve(t), Matrix{100, 10, make([]float64, 1000)})
	if want := "0 values do not make a matrix of 100 x 10"; reply.Error != want {
		t.Errorf("got the error %q, want %q", reply.Error, want)
	}
}

// A request that is too long is refused, and the next one is answered.
func TestLimit(t *testing.T) {
	endpoint := lessontest.Serve(t)
	tooLong := ask(t, endpoint, table{1000, 1000, make([]float64, 1000*1000)})
	if want := "a request is at most 65536 bytes"; !strings.HasPrefix(tooLong.Error, want) {
		t.Errorf("got the error %q, want %q", tooLong.Error, want)
	}
	if good := ask(t, endpoint, table{1, 1, []float64{3}}); !slices.Equal(good.Squared.Values, []float64{9}) {
		t.Errorf("got %+v after it", good)
	}
}
