// Server opens a REP socket, binds it to an endpoint and waits for Ctrl-C.
// It receives no message yet: lesson 02 does.
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

	// The context is how long the socket may live: until Ctrl-C.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	rep := zmq4.NewRep(ctx)
	if err := rep.Listen(*bind); err != nil {
		log.Fatalf("cannot bind to %s: %v", *bind, err)
	}
	fmt.Println("REP socket is bound")

	<-ctx.Done()

	// The end of a context does not free the endpoint, Close does. Its error
	// would only say that a client has left already.
	rep.Close()
	fmt.Println("REP socket is closed")
}
