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
	proxy, err := watch(endpoint, server, "client", "server", colorful(os.Stdout))
	if err != nil {
		return err
	}
	<-ctx.Done()
	proxy.Close()
	return nil
}

// watch opens a proxy that prints each greeting, command and frame that it
// passes on between the clients that connect to endpoint and their server. It
// calls the two ends client and server, or what else is given.
func watch(endpoint, server, clientName, serverName string, colors bool) (*wire.Proxy, error) {
	proxy := &wire.Proxy{
		Tap: func(connection int, from wire.End) io.WriteCloser {
			arrow := clientName + " → " + serverName
			if from == wire.Server {
				arrow = clientName + " ← " + serverName
			}
			start := prefix(fmt.Sprintf("wire %d", connection), "\x1b[35m", colors) + arrow + "  "
			say := func(line string) { out.print(os.Stdout, []byte(start+line+"\n")) }
			return ending{wire.NewDecoder(func(e wire.Event) { say(e.String()) }), say}
		},
		Failed:   func(connection int, err error) { log.Printf("wire %d: %v", connection, err) },
		Patience: 5 * time.Second, // as the lessons' clients
	}
	return proxy, proxy.Listen(endpoint, server)
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
