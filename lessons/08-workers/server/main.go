// Server binds a ROUTER socket and greets everyone who sends a name, as the
// server of lesson 02 does. Several goroutines do the work, so a slow request
// does not block the others, and the replies may be sent in any order.
//
// On Ctrl-C it finishes the requests that it is working on, and exits.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"slices"
	"sync"
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
	goroutines := flags.Int("goroutines", 3, "how many requests to work on at the same time")
	slow := flags.Duration("slow", 0, "how long to work on each request")
	flags.Parse(os.Args[1:])
	if flags.NArg() > 0 {
		log.Printf("unexpected argument %q", flags.Arg(0))
		flags.Usage()
		os.Exit(2)
	}
	if *goroutines < 1 {
		log.Printf("invalid value %d for flag -goroutines: must be at least 1", *goroutines)
		flags.Usage()
		os.Exit(2)
	}

	if err := run(*bind, *goroutines, *slow); err != nil {
		log.Fatal(err)
	}
}

func run(bind string, goroutines int, slow time.Duration) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once

	// Not ctx: the socket must still send replies after Ctrl-C.
	router := zmq4.NewRouter(context.Background())
	defer router.Close()
	if err := router.Listen(bind); err != nil {
		return fmt.Errorf("cannot bind to %s: %w", bind, err)
	}

	// The channel has no buffer, so that requests wait in their connections while
	// all goroutines are busy.
	requests := make(chan zmq4.Msg)
	var working sync.WaitGroup
	defer working.Wait()
	for range goroutines {
		working.Go(func() { work(ctx, router, requests, slow) })
	}
	go func() {
		for {
			msg, err := router.Recv()
			if err != nil {
				return // the socket is closed
			}
			requests <- msg
		}
	}()
	<-ctx.Done() // Ctrl-C
	return nil
}

// work answers one request after another until the context ends.
func work(ctx context.Context, router zmq4.Socket, requests <-chan zmq4.Msg, slow time.Duration) {
	for {
		var msg zmq4.Msg
		select {
		case <-ctx.Done():
			return
		case msg = <-requests:
		}

		// REQ and REP handle the envelope for you. ROUTER shows it: the client's
		// identity, then whatever the client put there, then an empty frame.
		end := slices.IndexFunc(msg.Frames, func(frame []byte) bool { return len(frame) == 0 })
		if end < 1 {
			log.Printf("bad message: it has no delimiter: %q", msg.Frames)
			continue
		}
		envelope, request := msg.Frames[:end+1:end+1], msg.Frames[end+1:]

		reply, err := greet(request, slow)
		if err != nil {
			log.Printf("bad request: %v", err)
			reply = "error: " + err.Error()
		}
		// Send may be called from several goroutines: zmq4 sends each message whole.
		if err := router.Send(zmq4.NewMsgFrom(append(envelope, []byte(reply))...)); err != nil {
			log.Printf("cannot send: %v", err)
		}
	}
}

// greet returns the reply to a request, or what is wrong with the request.
func greet(frames [][]byte, slow time.Duration) (string, error) {
	if len(frames) != 1 {
		return "", fmt.Errorf("a request is one frame, not %d", len(frames))
	}
	// zmq4 does not check that the bytes of a string are UTF-8.
	if !utf8.Valid(frames[0]) {
		return "", errors.New("the name is not UTF-8")
	}
	name := string(frames[0])
	fmt.Printf("received %q\n", name)
	time.Sleep(slow) // instead of work
	fmt.Printf("done with %q\n", name)
	return "Hello, " + name + "!", nil
}
