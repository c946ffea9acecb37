// Flood prints lines as fast as it can, and never ends. With -quiet it prints
// one, and with -send it sends requests instead, and reads no reply.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log"

	"github.com/go-zeromq/zmq4"
)

func main() {
	quiet := flag.Bool("quiet", false, "print one line")
	send := flag.Bool("send", false, "send requests of 64 KiB")
	flag.Parse()
	if *send {
		req := zmq4.NewReq(context.Background())
		if err := req.Dial("tcp://127.0.0.1:5555"); err != nil {
			log.Fatal(err)
		}
		request := bytes.Repeat([]byte{0xff}, 64<<10)
		for i := 1; ; i++ {
			if err := req.Send(zmq4.NewMsg(request)); err != nil {
				log.Fatal(err)
			}
			fmt.Println("sent", i)
		}
	}
	for i := 1; ; i++ {
		if !*quiet || i == 1 {
			fmt.Println("line", i)
		}
	}
}
