// Server binds a REP socket and squares each element of every matrix that it
// receives.
//
// A request is one frame of at most 64 KiB, a Matrix in gob. The reply is one
// frame too, a Reply in gob: the squared matrix, or what is wrong with the
// request.
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

		matrix, err := decode(msg.Frames)
		if err != nil {
			log.Printf("bad request: %v", err)
		} else {
			fmt.Printf("received %T, %d x %d\n", matrix, matrix.Rows, matrix.Cols)
		}

		// A bad request gets a reply too, because the client waits for one.
		reply, err := answer(matrix, err)
		if err != nil {
			log.Printf("cannot encode the reply: %v", err)
		}
		if err := rep.Send(zmq4.NewMsg(reply)); err != nil {
			log.Printf("cannot send: %v", err)
		}
	}
}
