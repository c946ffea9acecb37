// Service is a key-value store and its client: start your own service from it. A
// flag, such as -bind, overrides its environment variable, SERVICE_BIND.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/lessons/07-strangers/guard"
)

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	flags := flag.NewFlagSet("service [flags] serve | put KEY VALUE | get KEY", flag.ExitOnError)
	bind := flags.String("bind", "guard://127.0.0.1:5555", "serve: `endpoint` to bind to")
	health := flags.String("health", "127.0.0.1:8080", "serve: `address` of /healthz")
	goroutines := flags.Int("goroutines", 8, "serve: how many requests to work on at the same time")
	c := client{}
	flags.StringVar(&c.endpoint, "connect", "guard://127.0.0.1:5555", "put, get: `endpoint` to connect to")
	flags.DurationVar(&c.timeout, "timeout", 2*time.Second, "put, get: how long to wait for a reply")
	flags.IntVar(&c.tries, "tries", 3, "put, get: how often to send the request")
	var err error
	flags.VisitAll(func(f *flag.Flag) {
		name := "SERVICE_" + strings.ToUpper(f.Name)
		if value := os.Getenv(name); value != "" && flags.Set(f.Name, value) != nil {
			err = fmt.Errorf("%s cannot be %q", name, value)
		}
	})
	flags.Parse(os.Args[1:])

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C stops the program immediately
	report := func(err error) { slog.Warn("closed a connection", "error", err) }
	err = errors.Join(err, guard.Register("guard", guard.Limits{Report: report}))
	switch command, n := flags.Arg(0), flags.NArg(); {
	case err != nil:
	case command == "serve" && n == 1:
		err = run(ctx, *bind, *health, *goroutines)
	case command == "put" && n == 3, command == "get" && n == 2:
		var out entry
		if err = c.call(ctx, command, entry{flags.Arg(1), flags.Arg(2)}, &out); err == nil {
			fmt.Printf("%s = %s\n", out.Key, out.Value)
		}
	default:
		flags.Usage()
		os.Exit(2)
	}
	if err != nil {
		slog.Error("service", "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, bind, health string, goroutines int) error {
	router := zmq4.NewRouter(context.Background()) // so it can still send when ctx has ended
	defer router.Close()
	if err := router.Listen(bind); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", health)
	if err != nil {
		return err
	}
	http.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if ctx.Err() != nil {
			http.Error(w, "closing", http.StatusServiceUnavailable)
		}
	})
	go http.Serve(listener, nil)
	slog.Info("serving", "bind", bind, "health", health)
	serve(ctx, router, newStore(), goroutines)
	slog.Info("closed")
	return nil
}
