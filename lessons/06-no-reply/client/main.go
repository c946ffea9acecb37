// Client connects a REQ socket, sends some names, one at a time, and prints
// the reply to each. When a reply does not come in time, it closes the socket
// and asks again on a new one. Ctrl-C ends it at once.
package main

import (
	"context"
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
	connect := flag.String("connect", "tcp://127.0.0.1:5555", "`endpoint` to connect to")
	timeout := flag.Duration("timeout", 5*time.Second, "how long to wait for a reply")
	tries := flag.Int("tries", 10, "how often to ask for it")
	flag.Parse()
	if flag.NArg() > 0 || *timeout <= 0 || *tries < 1 {
		flag.Usage()
		os.Exit(2)
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	for _, name := range []string{"World", "Gophers", "Zoë", "世界"} {
		reply, err := askAgain(ctx, *connect, name, *timeout, *tries)
		if err != nil {
			log.Fatalf("no reply to %q: %v", name, err)
		}
		fmt.Printf("sent %q, received %q\n", name, reply)
	}
}
