package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"sync"

	"zeromq-lessons/internal/wire"
)

// between shows what passes between clients and a server until ctx ends.
func between(ctx context.Context, endpoint, server string) error {
	var mu sync.Mutex
	proxy, err := watch(endpoint, server, colourful(os.Stdout), &mu)
	if err != nil {
		return err
	}
	<-ctx.Done()
	proxy.Close()
	return nil
}

// watch opens a proxy that prints each greeting, command and frame that it
// passes on from the clients that connect to endpoint, or from their server.
func watch(endpoint, server string, colours bool, mu *sync.Mutex) (*wire.Proxy, error) {
	tap := func(connection int, from wire.End) io.WriteCloser {
		arrow := "client → server"
		if from == wire.Server {
			arrow = "client ← server"
		}
		start := prefix(fmt.Sprintf("wire %d", connection), "\x1b[35m", colours) + arrow + "  "
		say := func(line string) {
			mu.Lock()
			defer mu.Unlock()
			fmt.Println(start + line)
		}
		return ending{wire.NewDecoder(say), say}
	}
	lost := func(connection int, err error) { log.Printf("wire %d: %v", connection, err) }
	return wire.Listen(endpoint, server, tap, lost)
}

// ending is a decoder that says which end has closed the connection.
type ending struct {
	*wire.Decoder
	say func(line string)
}

func (e ending) Close() error {
	e.Decoder.Close()
	e.say("end")
	return nil
}
