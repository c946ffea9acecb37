// Server opens a REP socket, binds it to an endpoint and waits for Ctrl-C.
// It does not receive messages yet; the server of lesson 02 does.
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
	// The context ends when you press Ctrl-C. After that, stop restores the usual
	// effect of Ctrl-C, so that a second one ends the program at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	rep := zmq4.NewRep(ctx)
	if err := rep.Listen(bind); err != nil {
		return fmt.Errorf("cannot bind to %s: %w", bind, err)
	}
	fmt.Println("REP socket is bound")

	<-ctx.Done()

	// Only Close frees the endpoint; the end of the context does not. Close
	// returns an error if a client has already disconnected, which does not
	// matter here.
	rep.Close()
	fmt.Println("REP socket is closed")
	return nil
}
