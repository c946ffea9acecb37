// Broker passes each client's request to the worker that has been idle the
// longest, and the worker's reply to the client. Clients connect REQ sockets to
// one ROUTER socket, and workers to another.
//
// On Ctrl-C it refuses further requests, waits until the workers have finished
// theirs, and exits.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/lessons/07-strangers/guard"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("broker: ")
	flags := flag.NewFlagSet("broker", flag.ExitOnError)
	bind := flags.String("bind", "guard://127.0.0.1:5555", "`endpoint` to bind to for clients")
	workers := flags.String("workers", "guard://127.0.0.1:5556", "`endpoint` to bind to for workers")
	queue := flags.Int("queue", 1000, "how many requests may wait for a worker")
	deadline := flags.Duration("deadline", 5*time.Second, "how long a request may wait for a worker, and a worker may take to reply")
	heartbeat := flags.Duration("heartbeat", time.Second, "how long a worker may be idle before it is sent a ping")
	tries := flags.Int("tries", 1, "how many workers may get the same request")
	flags.Parse(os.Args[1:])
	if flags.NArg() > 0 {
		log.Printf("unexpected argument %q", flags.Arg(0))
		flags.Usage()
		os.Exit(2)
	}
	for _, endpoint := range []string{*bind, *workers} {
		if !strings.HasPrefix(endpoint, "guard://") {
			log.Printf("no guard at %s: use an endpoint that begins with guard://", endpoint)
			flags.Usage()
			os.Exit(2)
		}
	}
	if *queue < 0 || *deadline <= 0 || *heartbeat <= 0 || *tries < 1 {
		log.Print("-queue must not be negative, and -deadline, -heartbeat and -tries must be positive")
		flags.Usage()
		os.Exit(2)
	}

	b := &broker{queue: *queue, deadline: *deadline, heartbeat: *heartbeat, tries: *tries}
	if err := run(b, *bind, *workers); err != nil {
		log.Fatal(err)
	}
}

func run(b *broker, bind, workersBind string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once

	// Behind the guard each connection has its own identity, and a peer that
	// does not read does not block Send.
	err := guard.Register("guard", guard.Limits{
		MaxConns:   2000,
		MaxMsgSize: 64 << 10, // a long name
		MaxUnsent:  64 << 10,
		Report:     func(err error) { log.Print(err) },
	})
	if err != nil {
		return err
	}

	// Not ctx: the sockets must still work after Ctrl-C.
	clients := zmq4.NewRouter(context.Background())
	defer clients.Close()
	if err := clients.Listen(bind); err != nil {
		return fmt.Errorf("cannot bind to %s: %w", bind, err)
	}
	workers := zmq4.NewRouter(context.Background())
	defer workers.Close()
	if err := workers.Listen(workersBind); err != nil {
		return fmt.Errorf("cannot bind to %s: %w", workersBind, err)
	}

	b.toClient, b.toWorker = clients.SendMulti, workers.SendMulti
	fromClients, fromWorkers := receive(clients), receive(workers)
	ticks := time.Tick(100 * time.Millisecond)
	interrupted := ctx.Done()
	for !b.done() {
		select {
		case msg := <-fromClients:
			b.fromClient(msg)
		case msg := <-fromWorkers:
			b.fromWorker(msg)
		case <-ticks:
			b.tick()
		case <-interrupted:
			b.close()
			interrupted = nil
		}
	}
	return nil
}

// receive receives messages in the background.
func receive(router zmq4.Socket) <-chan zmq4.Msg {
	msgs := make(chan zmq4.Msg)
	go func() {
		for {
			msg, err := router.Recv()
			if err != nil {
				return // the socket is closed
			}
			msgs <- msg
		}
	}()
	return msgs
}
