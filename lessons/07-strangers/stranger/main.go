// Stranger does to a server what any stranger may. It connects, shakes hands
// as a REQ socket does, and sends nine bytes: the header of a frame that is to
// be 2^63-1 bytes long. Then it waits for the server to end the connection.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
)

const (
	greeting = "\xff\x00\x00\x00\x00\x00\x00\x00\x00\x7f" + // ZMTP
		"\x03\x00" + // version 3.0
		"NULL\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" // no encryption
	ready     = "\x04\x19\x05READY\x0bSocket-Type\x00\x00\x00\x03REQ"
	nineBytes = "\x02\x7f\xff\xff\xff\xff\xff\xff\xff"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("stranger: ")
	connect := flag.String("connect", "tcp://127.0.0.1:5555", "`endpoint` to connect to")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}

	conn, err := net.Dial("tcp", strings.TrimPrefix(*connect, "tcp://"))
	if err != nil {
		log.Fatalf("no server at %s: %v", *connect, err)
	}
	defer conn.Close()
	filler := strings.Repeat("\x00", 64-len(greeting))
	if _, err := io.WriteString(conn, greeting+filler+ready+nineBytes); err != nil {
		log.Fatalf("cannot send nine bytes: %v", err)
	}
	fmt.Println("sent nine bytes")
	io.Copy(io.Discard, conn) // an error, too, is an end of the connection
	fmt.Println("the server has ended the connection")
}
