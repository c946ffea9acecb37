// Server binds a REP socket and sums up everyone's numbers, in JSON: the
// request {"numbers": [3, 1, 2]} gets the reply
// {"count": 3, "sum": 6, "mean": 2, "min": 1, "max": 3}.
//
// A request is one frame, an object with this one field, a list of one number
// or more. Any other request gets the reply {"error": "what is wrong"}.
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
	bind := flag.String("bind", "tcp://127.0.0.1:5555", "`endpoint` to bind to")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(*bind); err != nil {
		log.Fatalf("cannot bind to %s: %v", *bind, err)
	}

	for {
		msg, err := rep.Recv()
		if ctx.Err() != nil {
			return // Ctrl-C
		}
		if err != nil {
			// No request, so no reply: it would go to the previous client.
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
			log.Fatalf("cannot encode %v: %v", reply, err) // never: its numbers are finite
		}
		if err := rep.Send(zmq4.NewMsg(data)); err != nil {
			log.Printf("cannot send: %v", err)
		}
	}
}
