package multipart_test

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

// A matrix is what the benchmark sends.
type matrix struct {
	Rows, Columns int
	Values        []float64
}

// A format turns a matrix into frames and back.
type format struct {
	name   string
	encode func(matrix) ([][]byte, error)
	decode func([][]byte) (matrix, error)
}

var formats = []format{
	{"json", encodeJSON, decodeJSON},
	{"gob", encodeGob, decodeGob},
	{"multipart", encodeMultipart, decodeMultipart},
}

func encodeJSON(m matrix) ([][]byte, error) {
	frame, err := json.Marshal(m)
	return [][]byte{frame}, err
}

func decodeJSON(frames [][]byte) (m matrix, err error) {
	err = json.Unmarshal(frames[0], &m)
	return m, err
}

func encodeGob(m matrix) ([][]byte, error) {
	var frame bytes.Buffer
	err := gob.NewEncoder(&frame).Encode(m)
	return [][]byte{frame.Bytes()}, err
}

func decodeGob(frames [][]byte) (m matrix, err error) {
	err = gob.NewDecoder(bytes.NewReader(frames[0])).Decode(&m)
	return m, err
}

func encodeMultipart(m matrix) ([][]byte, error) {
	header := fmt.Appendf(nil, `{"dtype": "<f8", "shape": [%d, %d], "order": "C"}`, m.Rows, m.Columns)
	data, err := binary.Append(nil, binary.LittleEndian, m.Values)
	return [][]byte{header, data}, err
}

func decodeMultipart(frames [][]byte) (m matrix, err error) {
	var header struct{ Shape [2]int }
	if err := json.Unmarshal(frames[0], &header); err != nil {
		return m, err
	}
	m = matrix{header.Shape[0], header.Shape[1], make([]float64, len(frames[1])/8)}
	_, err = binary.Decode(frames[1], binary.LittleEndian, m.Values)
	return m, err
}

// BenchmarkRoundTrip sends a matrix to a server, which decodes it, encodes it
// again, and sends it back to be decoded. In turn with the matrix, the benchmark
// sends the same number of raw bytes, which nothing decodes. It reports the
// fastest round trip of the matrix, because other work on the computer can only
// slow one down, and x-raw, which is that time divided by the fastest of the raw
// bytes.
func BenchmarkRoundTrip(b *testing.B) {
	for _, shape := range [][2]int{{100, 10}, {1000, 1000}} {
		m := matrix{shape[0], shape[1], make([]float64, shape[0]*shape[1])}
		for i := range m.Values {
			m.Values[i] = math.Pi * float64(i) // as many digits as a random number
		}
		data := make([]byte, 8*len(m.Values))
		raw := format{
			name:   "raw",
			encode: func(matrix) ([][]byte, error) { return [][]byte{data}, nil },
			decode: func([][]byte) (matrix, error) { return m, nil },
		}
		for _, f := range append(formats, raw) {
			b.Run(fmt.Sprintf("%dx%d/%s", m.Rows, m.Columns, f.name), func(b *testing.B) {
				sendRaw, send := connect(b, raw), connect(b, f)
				var rawTimes, times []time.Duration
				for b.Loop() {
					for range 5 { // some of each, even of the slowest
						rawTimes = append(rawTimes, sendRaw(m))
						times = append(times, send(m))
					}
				}
				b.ReportMetric(0, "ns/op")
				fastest, fastestRaw := slices.Min(times), slices.Min(rawTimes)
				b.ReportMetric(fastest.Seconds()*1000, "ms/trip")
				b.ReportMetric(float64(fastest)/float64(fastestRaw), "x-raw")
			})
		}
	}
}

// connect starts a server for a format. It returns a function that sends a matrix
// to the server and returns how long the round trip took.
func connect(b *testing.B, f format) func(matrix) time.Duration {
	rep := zmq4.NewRep(b.Context())
	if err := rep.Listen("tcp://127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	go func() {
		for {
			msg, err := rep.Recv()
			if err != nil {
				return // the benchmark is over
			}
			m, err := f.decode(msg.Frames)
			frames := [][]byte{}
			if err == nil {
				frames, err = f.encode(m)
			}
			if err != nil {
				b.Error(err)
			}
			if err := rep.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
				b.Error(err)
			}
		}
	}()
	req := zmq4.NewReq(b.Context())
	if err := req.Dial("tcp://" + rep.Addr().String()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		req.Close()
		rep.Close()
	})
	return func(m matrix) time.Duration {
		start := time.Now()
		frames, err := f.encode(m)
		if err != nil {
			b.Fatal(err)
		}
		if err := req.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
			b.Fatal(err)
		}
		msg, err := req.Recv()
		if err != nil {
			b.Fatal(err)
		}
		got, err := f.decode(msg.Frames)
		took := time.Since(start)
		if err != nil || got.Rows != m.Rows || got.Columns != m.Columns || !slices.Equal(got.Values, m.Values) {
			b.Fatalf("received a different matrix, error %v", err)
		}
		return took
	}
}
