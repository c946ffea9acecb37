// Worker connects a REQ socket to the broker, sends "ready", and greets each name
// that the broker sends. The reply to one request also asks for the next.
//
// On Ctrl-C it finishes its request, tells the broker that it is leaving, and
// exits. If it loses the broker, it reconnects.
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

// silence is how long a broker may be silent. It pings idle workers every second.
const silence = 5 * time.Second

func main() {
	log.SetFlags(0)
	log.SetPrefix("worker: ")
	flags := flag.NewFlagSet("worker", flag.ExitOnError)
	connect := flags.String("connect", "tcp://127.0.0.1:5556", "`endpoint` of the broker to connect to")
	slow := flags.Duration("slow", 0, "how long to work on each request")
	crash := flags.Bool("crash", false, "exit without a reply to the first request")
	flags.Parse(os.Args[1:])
	if flags.NArg() > 0 {
		log.Printf("unexpected argument %q", flags.Arg(0))
		flags.Usage()
		os.Exit(2)
	}

	if err := run(*connect, *slow, *crash); err != nil {
		log.Fatal(err)
	}
}

// run works for a broker until Ctrl-C, and reconnects if it loses the broker.
func run(endpoint string, slow time.Duration, crash bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once

	for {
		err := work(ctx, endpoint, slow, crash)
		if ctx.Err() != nil {
			return nil // Ctrl-C
		}
		if !errors.Is(err, errLost) {
			return err
		}
		log.Printf("connecting again: %v", err)
	}
}

var errLost = errors.New("lost the broker")

// work connects to a broker and works for it until it is gone or the context
// ends.
func work(ctx context.Context, endpoint string, slow time.Duration, crash bool) error {
	req := zmq4.NewReq(context.Background(), zmq4.WithDialerMaxRetries(0))
	defer req.Close()
	if err := connect(ctx, req, endpoint); err != nil {
		return fmt.Errorf("no broker at %s: %w", endpoint, err)
	}

	command, reply := "ready", []string(nil) // there is no request to answer yet
	for {
		msg := zmq4.NewMsgFromString(append([]string{command}, reply...))
		if err := req.SendMulti(msg); err != nil {
			return fmt.Errorf("%w: %w", errLost, err)
		}

		lost := time.AfterFunc(silence, func() { req.Close() }) // ends Recv
		msg, err := req.Recv()
		lost.Stop()
		if err != nil {
			return fmt.Errorf("%w: %w", errLost, err)
		}
		switch kind := string(msg.Frames[0]); kind {
		case "ping":
			reply = nil
		case "request":
			if crash {
				return errors.New("crashed before the reply")
			}
			reply = []string{answer(msg.Frames[1:], slow)}
		case "bye": // the broker knows that we are leaving
			return nil
		default:
			return fmt.Errorf("no broker at %s: it says %q", endpoint, kind)
		}
		if ctx.Err() != nil {
			command = "bye" // Ctrl-C
		}
	}
}

// answer returns the reply to a request, which may be bad.
func answer(frames [][]byte, slow time.Duration) string {
	reply, err := greet(frames, slow)
	if err != nil {
		log.Printf("bad request: %v", err)
		return "error: " + err.Error()
	}
	return reply
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
	return "Hello, " + name + "!", nil
}

// connect connects the socket to the endpoint, or returns when the context ends.
func connect(ctx context.Context, req zmq4.Socket, endpoint string) error {
	// Dial blocks if a peer accepts the connection, but does not complete the
	// handshake.
	dialed := make(chan error, 1)
	go func() { dialed <- dial(ctx, req, endpoint) }()
	waiting := time.AfterFunc(time.Second, func() { log.Printf("waiting for a broker at %s", endpoint) })
	defer waiting.Stop()
	select {
	case err := <-dialed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// dial connects the socket to the endpoint. If that fails, it tries again until
// the context ends, because the broker may start later.
func dial(ctx context.Context, req zmq4.Socket, endpoint string) error {
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := req.Dial(endpoint)
		malformed := err != nil && errors.Unwrap(err) == nil // zmq4 did not even try
		if err == nil || malformed || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}
