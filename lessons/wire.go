package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"zeromq-lessons/internal/wire"
)

// between shows what clients and a server send each other until ctx ends.
func between(ctx context.Context, endpoint, server string) error {
	proxy := watch("client", "server", colorful(os.Stdout))
	if err := proxy.Listen(endpoint, server); err != nil {
		return err
	}
	<-ctx.Done()
	proxy.Close()
	return nil
}

// watch returns a proxy that prints each greeting, command and frame that it
// passes on between two ends with these names.
func watch(client, server string, colors bool) *wire.Proxy {
	return &wire.Proxy{
		Tap: func(connection int, from wire.End) io.WriteCloser {
			arrow := client + " → " + server
			if from == wire.Server {
				arrow = client + " ← " + server
			}
			start := prefix(fmt.Sprintf("wire %d", connection), "\x1b[35m", colors) + arrow + "  "
			say := func(line string) { out.print(os.Stdout, []byte(start+line+"\n")) }
			return ending{wire.NewDecoder(func(e wire.Event) { say(e.String()) }), say}
		},
		Failed:   func(connection int, err error) { log.Printf("wire %d: %v", connection, err) },
		Patience: 5 * time.Second, // as the lessons' clients
	}
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
