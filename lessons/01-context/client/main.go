// Client opens a REQ socket, connects it to an endpoint and closes it.
// It sends no message yet: lesson 02 does.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"

	"github.com/go-zeromq/zmq4"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("client: ")
	connect := flag.String("connect", "tcp://127.0.0.1:5555", "`endpoint` to connect to")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}

	// The client may live as long as it likes, so its context never ends.
	ctx := context.Background()

	// The server may start later: Dial tries again every 250 ms, for 5 seconds.
	req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(20))
	if err := req.Dial(*connect); err != nil {
		log.Fatalf("no server at %s: %v", *connect, err)
	}
	fmt.Println("REQ socket is connected")

	if err := req.Close(); err != nil {
		log.Fatalf("cannot close the socket: %v", err)
	}
	fmt.Println("REQ socket is closed")
}
