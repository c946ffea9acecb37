// Server binds a REP socket and greets everyone who sends a name, as the
// server of lesson 02 does: the request "World" gets the reply "Hello, World!".
// With -slow, -work, or -crash, it misbehaves.
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
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/go-zeromq/zmq4"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("server: ")
	flags := flag.NewFlagSet("server", flag.ExitOnError)
	bind := flags.String("bind", "tcp://127.0.0.1:5555", "`endpoint` to bind to")
	crash := flags.Bool("crash", false, "exit when the first request arrives, without a reply")
	var slow, work time.Duration
	flags.Func("slow", "how long the first request takes, a `duration` such as 2.5s", duration(&slow))
	flags.Func("work", "how long each later request takes, a `duration` such as 300ms", duration(&work))
	flags.Parse(os.Args[1:])
	if flags.NArg() > 0 {
		log.Printf("unexpected argument %q", flags.Arg(0))
		flags.Usage()
		os.Exit(2)
	}

	if err := run(*bind, *crash, slow, work); err != nil {
		log.Fatal(err)
	}
}

func run(bind string, crash bool, slow, work time.Duration) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once

	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(bind); err != nil {
		return fmt.Errorf("cannot bind to %s: %w", bind, err)
	}

	for wait := slow; ; wait = work {
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
			// A bad request gets a reply too, because the client waits for one.
			log.Printf("bad request: %v", err)
			reply = "error: " + err.Error()
		}
		if crash {
			return errors.New("crashed before the reply")
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil // Ctrl-C
		}
		if err := rep.Send(zmq4.NewMsgString(reply)); err != nil {
			log.Printf("cannot send: %v", err)
		}
	}
}

// greet returns the reply to a request, or an error that says what is wrong with
// the request.
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

// duration returns a function that sets d from text such as "1s".
func duration(d *time.Duration) func(text string) error {
	return func(text string) (err error) {
		if *d, err = time.ParseDuration(text); err == nil && *d <= 0 {
			err = errors.New("must be more than 0s")
		}
		return err
	}
}
