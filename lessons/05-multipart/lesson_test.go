package multipart_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/lessontest"
)

func TestMain(m *testing.M) { lessontest.Main(m, "./server", "./client", "..") }

func TestLesson(t *testing.T) { lessontest.Lesson(t) }

// askSquares sends a matrix and checks that its squares come back.
func askSquares(t testing.TB, endpoint string, rows, columns int, values []float64) {
	header := fmt.Appendf(nil, `{"dtype": "<f8", "shape": [%d, %d], "order": "C"}`, rows, columns)
	var data, want []byte
	for _, v := range values {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
		want = binary.LittleEndian.AppendUint64(want, math.Float64bits(v*v))
	}
	got := lessontest.Ask(t, endpoint, header, data)
	if len(got) != 2 || !bytes.Equal(got[0], header) || !bytes.Equal(got[1], want) {
		t.Errorf("%s: got %.100q, want the squares", header, got)
	}
}

// A matrix can have any shape and contain any values.
func TestAnyMatrix(t *testing.T) {
	endpoint := lessontest.Serve(t)
	values := []float64{0, 3, -1.5, 0.1, 1e200, 1e-200, math.Inf(1), math.Inf(-1)}
	askSquares(t, endpoint, 1, 8, values)
	askSquares(t, endpoint, 2, 4, values)
	askSquares(t, endpoint, 8, 1, values)
	million := make([]float64, 1000*1000)
	for i := range million {
		million[i] = float64(i) / 7
	}
	askSquares(t, endpoint, 1000, 1000, million)
}

// Each of fifty concurrent clients gets the reply to its own request.
func TestFiftyClients(t *testing.T) {
	endpoint := lessontest.Serve(t)
	lessontest.Fifty(t, func(t testing.TB, i int) {
		values := make([]float64, 3*(i+1))
		for j := range values {
			values[j] = float64(100*i + j)
		}
		askSquares(t, endpoint, i+1, 3, values)
	})
}

// Send and SendMulti put the bytes on the wire that are in the page's table.
func TestWire(t *testing.T) {
	server := lessontest.Serve(t)
	askSquares(t, server, 1, 1, []float64{2}) // the server is up

	header := []byte(`{"dtype": "<f8", "shape": [100, 10], "order": "C"}`)
	data := bytes.Repeat([]byte("\x00\x00\x00\x00\x00\x00\x00@"), 1000)
	want := slices.Concat(
		[]byte("\x01\x00"),         // more, 0 bytes: the delimiter
		[]byte("\x01\x32"), header, // more, 50 bytes
		[]byte("\x02\x00\x00\x00\x00\x00\x00\x1f\x40"), data, // long, 8000 bytes
	)
	for name, send := range map[string]func(zmq4.Socket, zmq4.Msg) error{
		"Send": zmq4.Socket.Send, "SendMulti": zmq4.Socket.SendMulti,
	} {
		endpoint, said := listenIn(t, server)
		req := zmq4.NewReq(t.Context())
		defer time.AfterFunc(time.Minute, func() { req.Close() }).Stop() // Recv has no timeout
		if err := req.Dial(endpoint); err != nil {
			t.Fatal(err)
		}
		if err := send(req, zmq4.NewMsgFrom(header, data)); err != nil {
			t.Fatal(err)
		}
		if _, err := req.Recv(); err != nil {
			t.Fatal(err)
		}
		req.Close()
		got := <-said
		got = got[64:]            // after the greeting
		got = got[2+int(got[1]):] // after the handshake's one command
		if !bytes.Equal(got, want) {
			t.Errorf("%s wrote %.100q, want %.100q", name, got, want)
		}
	}
}

// listenIn forwards one connection to a server. When the client closes the
// connection, said receives every byte that the client sent.
func listenIn(t *testing.T, server string) (endpoint string, said <-chan []byte) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	to, err := net.Dial("tcp", strings.TrimPrefix(server, "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	all := make(chan []byte, 1)
	go func() {
		defer close(all)
		defer to.Close()
		from, err := l.Accept()
		l.Close()
		if err != nil {
			return
		}
		defer from.Close()
		go io.Copy(from, to)
		var copied bytes.Buffer
		io.Copy(to, io.TeeReader(from, &copied))
		all <- copied.Bytes()
	}()
	return "tcp://" + l.Addr().String(), all
}
