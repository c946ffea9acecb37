// Service is a key-value store and its client: start your own service from it.
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
	"regexp"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/go-zeromq/zmq4"
	"zeromq-lessons/lessons/07-strangers/guard"
)

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	flags := flag.NewFlagSet(os.Args[0]+` [flags] serve | put KEY VALUE | get KEY
A flag can also be an environment variable: SERVICE_BIND sets -bind`, flag.ExitOnError)
	bind := flags.String("bind", "guard://127.0.0.1:5555", "serve: `endpoint` to bind to")
	health := flags.String("health", "127.0.0.1:8080", "serve: `address` of /healthz")
	goroutines := flags.Int("goroutines", 8, "serve: how many requests to work on at the same time")
	c := client{}
	flags.StringVar(&c.endpoint, "connect", "guard://127.0.0.1:5555", "put, get: `endpoint` to connect to")
	flags.DurationVar(&c.timeout, "timeout", 2*time.Second, "put, get: how long each try may take")
	flags.IntVar(&c.tries, "tries", 3, "put, get: how many times to send the request")
	var env []string // as flags
	flags.VisitAll(func(f *flag.Flag) {
		if value := os.Getenv("SERVICE_" + strings.ToUpper(f.Name)); value != "" {
			env = append(env, "-"+f.Name+"="+value)
		}
	})
	flags.Parse(append(env, os.Args[1:]...))
	status, valid := 1, regexp.MustCompile(`^guard://.*:\d+$`).MatchString
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C stops the program immediately
	err := guard.Register("guard", guard.Limits{Report: func(err error) { slog.Warn("closed a connection", "error", err) }})
	usage := func(format string, a ...any) { flags.Usage(); status, err = 2, fmt.Errorf(format, a...) }
	switch command, args := flags.Arg(0), flags.Args(); {
	case err != nil:
	case !valid(*bind), !valid(c.endpoint):
		usage("-bind %s or -connect %s is not guard://HOST:PORT", *bind, c.endpoint)
	case !utf8.ValidString(strings.Join(args, " ")):
		usage("%q is not UTF-8", args)
	case command == "serve" && len(args) == 1:
		err = run(ctx, *bind, *health, *goroutines)
	case command == "put" && len(args) == 3, command == "get" && len(args) == 2:
		var out entry
		if err = c.call(ctx, command, entry{args[1], flags.Arg(2)}, &out); err == nil {
			fmt.Printf("%s = %s\n", out.Key, out.Value)
		}
	default:
		usage("%q is not serve, put KEY VALUE or get KEY", args)
	}
	if err != nil {
		level := slog.LevelError
		if errors.As(err, new(*failure)) { // the service replied
			level = slog.LevelWarn
		}
		slog.Log(ctx, level, "exiting", "error", err)
		os.Exit(status)
	}
}

func run(ctx context.Context, bind, health string, goroutines int) error {
	router := zmq4.NewRouter(context.Background()) // so it can still send when ctx has ended
	defer router.Close()
	listener, err := net.Listen("tcp", health)
	if err = errors.Join(err, router.Listen(bind)); err != nil {
		return fmt.Errorf("cannot use -bind %s and -health %s: %w", bind, health, err)
	}
	http.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if ctx.Err() != nil {
			http.Error(w, "closing", http.StatusServiceUnavailable)
		}
	})
	go (&http.Server{ReadHeaderTimeout: 5 * time.Second}).Serve(listener)
	slog.Info("serving", "bind", bind, "health", health)
	serve(ctx, router, newStore(), goroutines)
	return nil
}
