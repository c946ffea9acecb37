// Server binds a REP socket and greets everyone who sends a name: the request
// "World" gets the reply "Hello, World!". Untrusted peers may reach it, because
// a guard checks what they send before zmq4 does.
//
// A request is one frame, a name in UTF-8, which may be empty. Any other
// request gets a reply that begins with "error: ".
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/lessons/07-strangers/guard"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("server: ")
	flags := flag.NewFlagSet("server", flag.ExitOnError)
	bind := flags.String("bind", "guard://127.0.0.1:5555", "`endpoint` to bind to")
	flags.Parse(os.Args[1:])
	if flags.NArg() > 0 {
		log.Printf("unexpected argument %q", flags.Arg(0))
		flags.Usage()
		os.Exit(2)
	}
	if !strings.HasPrefix(*bind, "guard://") {
		log.Printf("no guard at %s: use an endpoint that begins with guard://", *bind)
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

	err := guard.Register("guard", guard.Limits{
		MaxConns:   64,
		MaxMsgSize: 64 << 10, // a long name
		Report:     func(err error) { log.Print(err) },
	})
	if err != nil {
		return err
	}

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

		reply, err := greet(msg.Frames)
		if err != nil {
			// The client waits for a reply, so it gets one to a bad request too.
			log.Printf("bad request: %v", err)
			reply = "error: " + err.Error()
		}
		if err := rep.Send(zmq4.NewMsgString(reply)); err != nil {
			log.Printf("cannot send: %v", err)
		}
	}
}

// greet returns the reply to a request, or what is wrong with the request.
func greet(frames [][]byte) (string, error) {
	if len(frames) != 1 {
		return "", fmt.Errorf("a request is one frame, not %d", len(frames))
	}
	// zmq4 does not check that the bytes of a string are UTF-8.
	if !utf8.Valid(frames[0]) {
		return "", errors.New("the name is not UTF-8")
	}
	name := string(frames[0])
	fmt.Printf("received %q\n", name)
	return "Hello, " + name + "!", nil
}
