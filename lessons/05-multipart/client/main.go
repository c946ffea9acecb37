// Client connects a REQ socket, sends a matrix of random numbers as a header
// and its bytes, receives it squared, and prints the difference to its own
// square.
package main

import (
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"

	"github.com/go-zeromq/zmq4"
)

const rows, columns = 100, 10

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

	matrix := make([]float64, rows*columns) // row after row
	for i := range matrix {
		matrix[i] = rand.Float64()
	}
	header := fmt.Appendf(nil, `{"dtype": "<f8", "shape": [%d, %d], "order": "C"}`, rows, columns)
	data, err := binary.Append(nil, binary.LittleEndian, matrix)
	if err != nil {
		log.Fatalf("cannot encode the matrix: %v", err)
	}
	if err := req.SendMulti(zmq4.NewMsgFrom(header, data)); err != nil {
		log.Fatalf("cannot send the matrix: %v", err)
	}
	fmt.Printf("sent %d x %d values of dtype <f8\n", rows, columns)

	msg, err := req.Recv()
	if err != nil {
		log.Fatalf("no reply: %v", err)
	}
	squares, err := parse(msg.Frames)
	if err != nil {
		log.Fatalf("no squares: %v", err)
	}
	fmt.Printf("received %d x %d values of dtype <f8\n", rows, columns)

	var difference float64
	for i, v := range matrix {
		// Without float64 some processors would round v*v - squares[i] only once.
		difference += math.Abs(float64(v*v) - squares[i])
	}
	fmt.Println("difference:", difference)
}
