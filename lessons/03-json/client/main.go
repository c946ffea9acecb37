// Client connects a REQ socket, sends some lists of numbers in JSON, one at a
// time, and prints what the server says about each.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"

	"github.com/go-zeromq/zmq4"
)

type request struct {
	Numbers []float64 `json:"numbers"`
}

// A reply has either an error or all the rest.
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

	for _, numbers := range [][]float64{{3, 1, 2}, {0.5, -1.5}, {1e100}} {
		data, err := json.Marshal(request{numbers})
		if err != nil {
			log.Fatalf("cannot encode %v: %v", numbers, err)
		}
		if err := req.Send(zmq4.NewMsg(data)); err != nil {
			log.Fatalf("cannot send %v: %v", numbers, err)
		}

		msg, err := req.Recv()
		if err != nil {
			log.Fatalf("no reply to %v: %v", numbers, err)
		}
		var r reply
		if err := json.Unmarshal(msg.Bytes(), &r); err != nil {
			log.Fatalf("cannot decode the reply to %v: %v", numbers, err)
		}
		if r.Error != "" {
			log.Fatalf("the server refuses %v: %s", numbers, r.Error)
		}
		fmt.Printf("sent %v, received count %d, sum %v, mean %v, min %v, max %v\n",
			numbers, r.Count, r.Sum, r.Mean, r.Min, r.Max)
	}
}
