// Client connects a REQ socket, sends four names, and prints the reply to each.
// If a reply does not arrive in time, it sends the request again on a new socket.
// Ctrl-C ends it immediately.
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
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("client: ")
	c := client{timeout: 5 * time.Second}
	flags := flag.NewFlagSet("client", flag.ExitOnError)
	flags.StringVar(&c.endpoint, "connect", "tcp://127.0.0.1:5555", "`endpoint` to connect to")
	flags.Func("timeout", "how long each try may take, a `duration` such as 1s (default 5s)", duration(&c.timeout))
	flags.IntVar(&c.tries, "tries", 10, "`number` of times to send a request")
	flags.Parse(os.Args[1:])
	if flags.NArg() > 0 {
		usage(flags, "unexpected argument %q", flags.Arg(0))
	}
	if c.tries < 1 {
		usage(flags, "-tries must be at least 1, not %d", c.tries)
	}

	if err := run(&c); err != nil {
		log.Fatal(err)
	}
}

func run(c *client) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once

	defer c.close()
	for _, name := range []string{"World", "Gophers", "Zoë", "世界"} {
		reply, err := c.ask(ctx, name)
		if err != nil {
			return fmt.Errorf("no reply to %q: %w", name, err)
		}
		fmt.Printf("sent %q, received %q\n", name, reply)
	}
	return nil
}

func usage(flags *flag.FlagSet, format string, args ...any) {
	log.Printf(format, args...)
	flags.Usage()
	os.Exit(2)
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
