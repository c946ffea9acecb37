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

// proxy shows what clients and a server send each other until ctx ends.
func proxy(ctx context.Context, endpoint, server string) error {
	p := newProxy("client", "server", colorful(os.Stdout))
	if err := p.Listen(endpoint, server); err != nil {
		return err
	}
	<-ctx.Done()
	p.Close()
	return nil
}

// newProxy returns a proxy that prints each greeting, command and frame that it
// passes on between two programs with these names.
func newProxy(client, server string, colors bool) *wire.Proxy {
	return &wire.Proxy{
		Tap: func(connection int, from wire.End) io.WriteCloser {
			arrow := client + " → " + server
			if from == wire.Server {
				arrow = client + " ← " + server
			}
			start := prefix(fmt.Sprintf("wire %d", connection), "\x1b[35m", colors) + arrow + "  "
			printLine := func(line string) { out.print(os.Stdout, []byte(start+line+"\n")) }
			return closeReporter{wire.NewDecoder(func(e wire.Event) { printLine(e.String()) }), printLine}
		},
		Failed:   func(connection int, err error) { log.Printf("wire %d: %v", connection, err) },
		Patience: 5 * time.Second, // as long as the lessons' clients wait
	}
}

// A closeReporter is a decoder that also prints which end closed the connection.
type closeReporter struct {
	*wire.Decoder
	printLine func(line string)
}

func (c closeReporter) Close() error {
	c.Decoder.Close()
	c.printLine("end")
	return nil
}
