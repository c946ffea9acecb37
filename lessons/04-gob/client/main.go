// Client connects a REQ socket, sends a random 100 x 10 matrix in gob, and
// receives the square of each element. It prints the largest difference between
// the reply and the squares that it calculated itself, which is 0.
package main

import (
	"bytes"
	"context"
	"encoding/gob"
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

// A Matrix is what the client sends, and a Reply is what it receives.
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

	matrix := Matrix{Rows: 100, Cols: 10}
	for range matrix.Rows * matrix.Cols {
		matrix.Values = append(matrix.Values, rand.Float64())
	}

	var data bytes.Buffer
	if err := gob.NewEncoder(&data).Encode(matrix); err != nil {
		return fmt.Errorf("cannot encode the matrix: %w", err)
	}
	if err := req.Send(zmq4.NewMsg(data.Bytes())); err != nil {
		return fmt.Errorf("cannot send: %w", err)
	}

	msg, err := req.Recv()
	if err != nil {
		return fmt.Errorf("no reply: %w", err)
	}
	if msg.Type == zmq4.CmdMsg {
		return fmt.Errorf("no reply: received the command %q", msg.Bytes())
	}
	var reply Reply
	if err := gob.NewDecoder(bytes.NewReader(msg.Bytes())).Decode(&reply); err != nil {
		return fmt.Errorf("cannot decode the reply: %w", err)
	}
	if reply.Error != "" {
		return fmt.Errorf("the server rejected the matrix: %q", reply.Error)
	}
	squared := reply.Squared
	fmt.Printf("received %T, %d x %d\n", squared, squared.Rows, squared.Cols)
	if len(squared.Values) != len(matrix.Values) {
		return fmt.Errorf("sent %d values, received %d", len(matrix.Values), len(squared.Values))
	}

	difference := 0.0
	for i, v := range matrix.Values {
		// float64 rounds the square. Without it, some processors multiply and
		// subtract in one step and round only once, so there is a difference.
		difference = max(difference, math.Abs(squared.Values[i]-float64(v*v)))
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
