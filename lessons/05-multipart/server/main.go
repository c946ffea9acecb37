// Server binds a REP socket and squares each value of the matrices that it
// receives.
//
// A request is two frames. The first is a header, a JSON object in which the two
// numbers of the shape are positive:
//
//	{"dtype": "<f8", "shape": [100, 10], "order": "C"}
//
// The second contains the values, row after row, each a little-endian float64 of
// 8 bytes. The reply is the same header and the squares. Any other request gets
// a reply of one frame, {"error": "..."}.
package main

import (
	"context"
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

		var reply zmq4.Msg
		rows, columns, err := parse(msg.Frames)
		if err != nil {
			log.Printf("bad request: %v", err)
			reply = zmq4.NewMsg(refusal(err))
		} else {
			fmt.Printf("received %d x %d values of dtype <f8\n", rows, columns)
			square(msg.Frames[1])
			reply = msg // the same two frames
		}
		if err := rep.SendMulti(reply); err != nil {
			log.Printf("cannot send: %v", err)
		}
	}
}
