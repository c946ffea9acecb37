// Client opens a REQ socket, connects it to an endpoint and closes it.
// It does not send messages yet; the client of lesson 02 does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/go-zeromq/zmq4"
)

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
	// The client closes its socket when it is done, so its context need not end.
	ctx := context.Background()

	req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(0))
	if err := dial(req, connect); err != nil {
		return fmt.Errorf("no server at %s: %w", connect, err)
	}
	fmt.Println("REQ socket is connected")

	if err := req.Close(); err != nil {
		return fmt.Errorf("cannot close the socket: %w", err)
	}
	fmt.Println("REQ socket is closed")
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
