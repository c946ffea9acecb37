// Client connects a REQ socket, sends a matrix of random numbers as a header and
// bytes, and receives the square of each number. It prints how much the reply
// differs from the squares that it calculated itself, which is 0.
package main

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"time"

	"github.com/go-zeromq/zmq4"
)

const rows, columns = 100, 10

func main() {
	log.SetFlags(0)
	log.SetPrefix("client: ")
	flags := flag.NewFlagSet("client", flag.ExitOnError)
	connect := flags.String("connect", "tcp://127.0.0.1:5555", "`endpoint` to connect to")
	flags.Parse(os.Args[1:])
	if flags.NArg() > 0 {
		log.Printf("unexpected argument %q", flags.Arg(0))
		flags.Usage()
		os.Exit(2)
	}

	if err := run(*connect); err != nil {
		log.Fatal(err)
	}
}

func run(connect string) error {
	req := zmq4.NewReq(context.Background(), zmq4.WithDialerMaxRetries(0))
	defer req.Close()
	if err := dial(req, connect); err != nil {
		return fmt.Errorf("no server at %s: %w", connect, err)
	}

	matrix := make([]float64, rows*columns) // row after row
	for i := range matrix {
		matrix[i] = rand.Float64()
	}
	header := fmt.Appendf(nil, `{"dtype": "<f8", "shape": [%d, %d], "order": "C"}`, rows, columns)
	data, err := binary.Append(nil, binary.LittleEndian, matrix)
	if err != nil {
		return fmt.Errorf("cannot encode the matrix: %w", err)
	}
	if err := req.SendMulti(zmq4.NewMsgFrom(header, data)); err != nil {
		return fmt.Errorf("cannot send the matrix: %w", err)
	}
	fmt.Printf("sent %d x %d values of dtype <f8\n", rows, columns)

	msg, err := req.Recv()
	if err != nil {
		return fmt.Errorf("no reply: %w", err)
	}
	if msg.Type == zmq4.CmdMsg {
		return fmt.Errorf("no reply: received the command %q", msg.Bytes())
	}
	squares, err := parse(msg.Frames)
	if err != nil {
		return fmt.Errorf("cannot use the reply: %w", err)
	}
	fmt.Printf("received %d x %d values of dtype <f8\n", rows, columns)

	var difference float64
	for i, v := range matrix {
		// float64 rounds the square. Without it, some processors round only once.
		difference += math.Abs(float64(v*v) - squares[i])
	}
	fmt.Println("difference:", difference)
	return nil
}

// dial connects the socket to the endpoint. If that fails, it tries again for 5
// seconds, because the server may start later.
func dial(req zmq4.Socket, endpoint string) error {
	deadline := time.Now().Add(5 * time.Second)
	for pause := 50 * time.Millisecond; ; pause += 50 * time.Millisecond {
		err := req.Dial(endpoint)
		malformed := err != nil && errors.Unwrap(err) == nil // zmq4 did not even try
		if err == nil || malformed || time.Now().After(deadline) {
			return err
		}
		time.Sleep(min(pause, time.Until(deadline)))
	}
}
