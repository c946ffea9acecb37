// Client connects a REQ socket, sends a random 100 x 10 matrix in gob, and
// receives it squared, element by element. It prints the largest difference
// between the reply and its own square: 0.
package main

import (
	"bytes"
	"context"
	"encoding/gob"
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"

	"github.com/go-zeromq/zmq4"
)

// A Matrix is what the server wants, and a Reply is what it sends.
type Matrix struct {
	Rows, Cols int
	Values     []float64 // row after row
}

type Reply struct {
	Squared Matrix
	Error   string
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("client: ")
	connect := flag.String("connect", "tcp://127.0.0.1:5555", "`endpoint` to connect to")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}

	req := zmq4.NewReq(context.Background(), zmq4.WithDialerMaxRetries(20))
	defer req.Close()
	if err := req.Dial(*connect); err != nil {
		log.Fatalf("no server at %s: %v", *connect, err)
	}

	matrix := Matrix{Rows: 100, Cols: 10}
	for range matrix.Rows * matrix.Cols {
		matrix.Values = append(matrix.Values, rand.Float64())
	}

	// From a value to bytes, and into a message.
	var data bytes.Buffer
	if err := gob.NewEncoder(&data).Encode(matrix); err != nil {
		log.Fatalf("cannot encode the matrix: %v", err)
	}
	if err := req.Send(zmq4.NewMsg(data.Bytes())); err != nil {
		log.Fatalf("cannot send: %v", err)
	}

	// Out of a message, and from bytes to a value.
	msg, err := req.Recv()
	if err != nil {
		log.Fatalf("no reply: %v", err)
	}
	var reply Reply
	if err := gob.NewDecoder(bytes.NewReader(msg.Bytes())).Decode(&reply); err != nil {
		log.Fatalf("cannot decode the reply: %v", err)
	}
	if reply.Error != "" {
		log.Fatalf("the server says: %s", reply.Error)
	}
	squared := reply.Squared
	fmt.Printf("received %T, %d x %d\n", squared, squared.Rows, squared.Cols)
	if len(squared.Values) != len(matrix.Values) {
		log.Fatalf("sent %d values, received %d", len(matrix.Values), len(squared.Values))
	}

	difference := 0.0
	for i, v := range matrix.Values {
		// float64 rounds the square. Without it some processors multiply and
		// subtract in one step, round once, and find a difference.
		difference = max(difference, math.Abs(squared.Values[i]-float64(v*v)))
	}
	fmt.Println("difference:", difference)
}
