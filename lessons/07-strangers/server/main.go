// Server binds a REP socket and greets everyone who sends a name, as the
// server of lesson 02 does: the request "World" gets the reply "Hello, World!".
// Strangers may reach it: a guard stands between them and zmq4.
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
	"unicode/utf8"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/lessons/07-strangers/guard"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("server: ")
	bind := flag.String("bind", "guard://127.0.0.1:5555", "`endpoint` to bind to")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	// Strangers may send what they like: it costs no more than this.
	err := guard.Register("guard", guard.Limits{
		MaxConns:   64,
		MaxMsgSize: 64 << 10, // a long name
		Report:     func(err error) { log.Print(err) },
	})
	if err != nil {
		log.Fatal(err)
	}

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
