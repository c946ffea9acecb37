package gob_test

import (
	"bytes"
	"encoding/gob"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
)

func TestMain(m *testing.M) { lessontest.Main(m, "./server", "./client") }

func TestLesson(t *testing.T) { lessontest.Lesson(t) }

// The names of these types differ from the server's, because gob matches fields.
type table struct {
	Rows, Cols int
	Values     []float64
}

type result struct {
	Squared table
	Error   string
}

// ask sends a value of any type in gob and decodes the reply.
func ask(t testing.TB, endpoint string, v any) result {
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

// Each of fifty concurrent clients gets the reply to its own request.
func TestFiftyClients(t *testing.T) {
	endpoint := lessontest.Serve(t)
	lessontest.Fifty(t, func(t testing.TB, i int) {
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

// gob does not send an unexported field, and does not return an error.
func TestUnexportedField(t *testing.T) {
	type Matrix struct {
		Rows, Cols int
		values     []float64
	}
	reply := ask(t, lessontest.Serve(t), Matrix{100, 10, make([]float64, 1000)})
	if want := "invalid matrix: shape 100 x 10, number of values 0"; reply.Error != want {
		t.Errorf("got the error %q, want %q", reply.Error, want)
	}
}

// The server rejects a request that is too long, and answers the next one.
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

// A gob of 59 bytes keeps the server busy: it claims to have a map of 2^62
// entries in a field that a Matrix does not have. The first Ctrl-C does not end
// such a server, but the second does.
func TestEndlessGob(t *testing.T) {
	endless := []byte("\x1c\xff\x81\x03\x01\x02\xff\x82\x00\x01\x02\x01\x04Rows\x01\x04\x00\x01\x01X\x01\xff\x84\x00\x00\x00" +
		"\x10\xff\x83\x04\x01\x02\xff\x84\x00\x01\xff\x82\x01\xff\x82\x00\x00" +
		"\x0c\xff\x82\x02\xf8\x40\x00\x00\x00\x00\x00\x00\x00")
	for {
		endpoint := host.FreeEndpoint()
		server := exec.Command(lessontest.Program("server"), "-bind", endpoint)
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		lessontest.Ask(t, endpoint) // a reply to any request shows that the server is up
		if _, err := lessontest.Leave(endpoint, endless); err != nil {
			t.Error(err)
		}
		err := lessontest.PressCtrlC(t, server)
		if err == nil {
			continue // Ctrl-C arrived before the server began to decode
		}
		if err.Error() != "signal: interrupt" {
			t.Errorf("the server ended with %v", err)
		}
		return
	}
}
