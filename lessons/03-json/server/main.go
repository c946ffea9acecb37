// Server binds a REP socket and adds up the numbers that clients send in JSON:
// the request {"numbers": [3, 1, 2]} gets the reply
// {"count": 3, "sum": 6, "mean": 2, "min": 1, "max": 3}.
//
// A request is one frame that contains an object with this one field, a list of
// at least one number. Any other request gets the reply {"error": "what is wrong"}.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-zeromq/zmq4"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("server: ")
	flags := flag.NewFlagSet("server", flag.ExitOnError)
	bind := flags.String("bind", "tcp://127.0.0.1:5555", "`endpoint` to bind to")
	flags.Parse(os.Args[1:])
	if flags.NArg() > 0 {
		log.Printf("unexpected argument %q", flags.Arg(0))
		flags.Usage()
		os.Exit(2)
	}

	if err := run(*bind); err != nil {
		log.Fatal(err)
	}
}

func run(bind string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once

	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(bind); err != nil {
		return fmt.Errorf("cannot bind to %s: %w", bind, err)
	}

	for {
		msg, err := rep.Recv()
		if ctx.Err() != nil {
			return nil // Ctrl-C
		}
		if err != nil {
			// There is no request to answer. A reply would go to the previous client.
			log.Printf("cannot receive: %v", err)
			continue
		}

		var reply any
		numbers, err := parse(msg.Frames)
		if err == nil {
			fmt.Println("received", numbers)
			reply, err = sumUp(numbers)
		}
		if err != nil {
			log.Printf("bad request: %v", err)
			reply = map[string]string{"error": err.Error()}
		}

		data, err := json.Marshal(reply)
		if err != nil {
			return fmt.Errorf("cannot encode %v: %w", reply, err) // cannot happen: its numbers are finite
		}
		if err := rep.Send(zmq4.NewMsg(data)); err != nil {
			log.Printf("cannot send: %v", err)
		}
	}
}
