package guard_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/lessons/07-strangers/guard"
)

var reports = make(chan error, 1)

// A program registers a scheme once, in main or in init.
func init() {
	err := guard.Register("guard", guard.Limits{
		MaxMsgSize: 64 << 10,
		Report:     func(err error) { reports <- err },
	})
	if err != nil {
		log.Fatal(err)
	}
}

// A server that untrusted peers can reach gets an HTTP request, and then a valid
// request.
func Example() {
	rep := zmq4.NewRep(context.Background())
	defer rep.Close()
	if err := rep.Listen("guard://127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}

	stranger, err := net.Dial("tcp", rep.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer stranger.Close()
	fmt.Fprint(stranger, "GET / HTTP/1.1\r\n\r\n")
	var e *guard.Error
	if errors.As(<-reports, &e) {
		fmt.Println("a peer", e.Err)
	}

	req := zmq4.NewReq(context.Background())
	defer req.Close()
	if err := req.Dial("tcp://" + rep.Addr().String()); err != nil {
		log.Fatal(err)
	}
	if err := req.Send(zmq4.NewMsgString("World")); err != nil {
		log.Fatal(err)
	}
	msg, err := rep.Recv()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("received %q\n", msg.Bytes())
	// Output:
	// a peer does not speak ZMTP
	// received "World"
}
