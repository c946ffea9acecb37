// Client connects a REQ socket, sends some names, one at a time, and prints
// the reply to each. With several endpoints the requests go round robin: each
// to the next server.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/lessons/07-strangers/guard"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("client: ")
	connect := flag.String("connect", "guard://127.0.0.1:5555", "`endpoints` to connect to, separated by commas")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}

	if err := guard.Register("guard", guard.Limits{}); err != nil {
		log.Fatal(err)
	}

	req := zmq4.NewReq(context.Background(), zmq4.WithDialerMaxRetries(20))
	defer req.Close()
	for _, endpoint := range strings.Split(*connect, ",") {
		if err := req.Dial(endpoint); err != nil {
			log.Fatalf("no server at %s: %v", endpoint, err)
		}
	}

	for _, name := range []string{"World", "Gophers", "Zoë", "世界"} {
		if err := req.Send(zmq4.NewMsgString(name)); err != nil {
			log.Fatalf("cannot send %q: %v", name, err)
		}
		msg, err := req.Recv()
		if err != nil {
			log.Fatalf("no reply to %q: %v", name, err)
		}
		fmt.Printf("sent %q, received %q\n", name, msg.Bytes())
	}
}
