// Client connects a REQ socket, sends each name that is given as an argument, and
// prints the reply. Without arguments it sends four names. If there are several
// endpoints, it sends each request to the next server, round robin.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/lessons/07-strangers/guard"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("client: ")
	flags := flag.NewFlagSet("client [flags] [name ...]", flag.ExitOnError)
	connect := flags.String("connect", "guard://127.0.0.1:5555", "`endpoints` to connect to, separated by commas")
	flags.Parse(os.Args[1:])
	names := flags.Args()
	if len(names) == 0 {
		names = []string{"World", "Gophers", "Zoë", "世界"}
	}

	if err := run(strings.Split(*connect, ","), names); err != nil {
		log.Fatal(err)
	}
}

func run(endpoints, names []string) error {
	if err := guard.Register("guard", guard.Limits{}); err != nil {
		return err
	}

	req := zmq4.NewReq(context.Background(), zmq4.WithDialerMaxRetries(0))
	defer req.Close()
	for _, endpoint := range endpoints {
		if err := dial(req, endpoint); err != nil {
			return fmt.Errorf("no server at %s: %w", endpoint, err)
		}
	}

	for _, name := range names {
		if err := req.Send(zmq4.NewMsgString(name)); err != nil {
			return fmt.Errorf("cannot send %q: %w", name, err)
		}
		msg, err := req.Recv()
		if err != nil {
			return fmt.Errorf("no reply to %q: %w", name, err)
		}
		if msg.Type == zmq4.CmdMsg {
			return fmt.Errorf("no reply to %q: received the command %q", name, msg.Bytes())
		}
		if len(msg.Frames) != 1 {
			return fmt.Errorf("no reply to %q: a reply is one frame, not %d", name, len(msg.Frames))
		}
		if len(msg.Frames[0]) == 0 {
			return fmt.Errorf("no reply to %q: the reply is empty", name)
		}
		fmt.Printf("sent %q, received %q\n", name, msg.Bytes())
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
