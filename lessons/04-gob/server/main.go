// Server binds a REP socket and squares every matrix that it gets, element by
// element.
//
// A request is one frame, a Matrix in gob, of 64 KiB at most. The reply is one
// frame too, a Reply in gob: the matrix squared, or what is wrong with the
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

		matrix, err := decode(msg.Frames)
		if err != nil {
			log.Printf("bad request: %v", err)
		} else {
			fmt.Printf("received %T, %d x %d\n", matrix, matrix.Rows, matrix.Cols)
		}

		// A REQ socket waits until it has its reply, so a bad request gets one too.
		reply, err := answer(matrix, err)
		if err != nil {
			log.Printf("cannot encode the reply: %v", err)
		}
		if err := rep.Send(zmq4.NewMsg(reply)); err != nil {
			log.Printf("cannot send: %v", err)
		}
	}
}
