// Server binds a REP socket and greets everyone who sends a name, as the
// server of lesson 02 does: the request "World" gets the reply "Hello, World!".
// With -slow or -crash it lets down the client that sends the first request.
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
	bind := flag.String("bind", "tcp://127.0.0.1:5555", "`endpoint` to bind to")
	crash := flag.Bool("crash", false, "end without a reply to the first request")
	slow := flag.Duration("slow", 0, "how long the first request takes, such as 3s")
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

		reply, err := greet(msg.Frames)
		if err != nil {
			// A REQ socket waits until it has its reply, so send one all the same.
			log.Printf("bad request: %v", err)
			reply = "error: " + err.Error()
		}
		if *crash {
			log.Fatal("crashed before the reply")
		}
		select {
		case <-time.After(*slow):
			*slow = 0 // the next request takes no time
		case <-ctx.Done():
			return // Ctrl-C
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
	// On the wire a string is bytes, and zmq4 does not look at them.
	if !utf8.Valid(frames[0]) {
		return "", errors.New("the name is not UTF-8")
	}
	name := string(frames[0])
	fmt.Printf("received %q\n", name)
	return "Hello, " + name + "!", nil
}
