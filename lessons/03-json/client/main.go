// Client connects a REQ socket, sends three lists of numbers in JSON, and prints
// the reply to each.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/go-zeromq/zmq4"
)

type request struct {
	Numbers []float64 `json:"numbers"`
}

// A reply has either an error or all the other fields.
type reply struct {
	Count int     `json:"count"`
	Sum   float64 `json:"sum"`
	Mean  float64 `json:"mean"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	Error string  `json:"error"`
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

	for _, numbers := range [][]float64{{3, 1, 2}, {0.5, -1.5}, {1e100}} {
		data, err := json.Marshal(request{numbers})
		if err != nil {
			return fmt.Errorf("cannot encode %v: %w", numbers, err)
		}
		if err := req.Send(zmq4.NewMsg(data)); err != nil {
			return fmt.Errorf("cannot send %v: %w", numbers, err)
		}

		msg, err := req.Recv()
		if err != nil {
			return fmt.Errorf("no reply to %v: %w", numbers, err)
		}
		if msg.Type == zmq4.CmdMsg {
			return fmt.Errorf("no reply to %v: received the command %q", numbers, msg.Bytes())
		}
		var r reply
		if err := json.Unmarshal(msg.Bytes(), &r); err != nil {
			return fmt.Errorf("cannot decode the reply to %v: %w", numbers, err)
		}
		if r.Error != "" {
			return fmt.Errorf("the server rejected %v: %q", numbers, r.Error)
		}
		// json.Unmarshal accepts a reply that lacks fields, such as {} and null.
		if r.Count != len(numbers) {
			return fmt.Errorf("cannot use the reply to %v: its count is %d", numbers, r.Count)
		}
		fmt.Printf("sent %v, received count %d, sum %v, mean %v, min %v, max %v\n",
			numbers, r.Count, r.Sum, r.Mean, r.Min, r.Max)
	}
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
