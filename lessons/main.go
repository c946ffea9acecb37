// Lessons lists the lessons of this repository, or runs one: it builds the
// lesson's server and client, runs both on a free port, shows what they print,
// and interrupts the server when the client exits. Its exit status is the
// client's.
//
//	go run ./lessons              list the lessons
//	go run ./lessons 02           run lesson 02
//	go run ./lessons -wire 02     run it, and show what the two send each other
//	go run ./lessons exercises    list the exercises
//	go run ./lessons contract     list the promises of REQ and REP sockets
package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"zeromq-lessons/internal/programs"
)

const usage = `Usage:

	go run ./lessons               list the lessons
	go run ./lessons LESSON        run a lesson: its server and its client, on a free port
	go run ./lessons -wire LESSON  run it, and show each frame that they send
	go run ./lessons -wire ENDPOINT SERVER
	                               show each frame between the clients that connect to
	                               ENDPOINT and the server at SERVER
	go run ./lessons exercises     list the exercises; -h says more
	go run ./lessons contract      list the promises of REQ and REP sockets, and which zmq4 keeps
	go run ./lessons contract NAME test one of them

LESSON is a lesson's number, its name, or a part that no other name contains.
`

// pages holds the lessons' pages: the folders are the lessons. It also holds their
// programs.
//
//go:embed */README.md */*/main.go
var pages embed.FS

func main() {
	log.SetFlags(0)
	log.SetPrefix("lessons: ")
	flag.Usage = func() { fmt.Fprint(flag.CommandLine.Output(), usage) }
	wired := flag.Bool("wire", false, "")
	flag.Parse()

	if flag.NArg() == 0 && !*wired {
		list(os.Stdout, lessons())
		return
	}

	// The context ends on Ctrl-C and kill, when the terminal is closed, and when
	// the reader has seen enough, as in "go run ./lessons 02 | head -1".
	ctx, stop := signal.NotifyContext(context.Background(),
		os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	var status int
	var err error
	switch {
	case *wired && flag.NArg() == 2:
		if err := proxy(ctx, flag.Arg(0), flag.Arg(1)); err != nil {
			log.Fatal(err)
		}
		return // Ctrl-C
	case flag.Arg(0) == "help" && !*wired:
		flag.CommandLine.SetOutput(os.Stdout)
		flag.Usage()
	case (flag.Arg(0) == "exercises" || flag.Arg(0) == "exercise") && !*wired:
		status, err = exercises(ctx, flag.Args()[1:])
	case flag.Arg(0) == "contract" && !*wired:
		status, err = contract(ctx, flag.Args()[1:])
	case flag.NArg() == 1:
		status, err = play(ctx, flag.Arg(0), *wired)
	default:
		switch {
		case !*wired:
			log.Printf("unexpected argument %q", flag.Arg(1))
		case flag.NArg() == 0:
			log.Print("-wire needs a lesson, or an endpoint and a server")
		default:
			log.Printf("unexpected argument %q", flag.Arg(2))
		}
		flag.Usage()
		status = 2
	}
	switch failed := out.failed(); {
	case errors.Is(failed, syscall.EPIPE):
		status = 0 // the reader has seen enough
	case failed != nil:
		log.Print(failed)
		status = 1
	case ctx.Err() != nil:
		status = 130 // as a shell reports a command that Ctrl-C ended
	case err != nil:
		log.Print(err)
	}
	stop()
	os.Exit(status)
}

// lessons returns the names of the lessons' folders, in order.
func lessons() []string {
	files, err := fs.Glob(pages, "*/README.md")
	if err != nil {
		panic(err) // the pattern is malformed
	}
	for i, file := range files {
		files[i] = strings.TrimSuffix(file, "/README.md")
	}
	return files
}

func list(w io.Writer, all []string) {
	for _, lesson := range all {
		fmt.Fprintf(w, "%s\n    %s\n\n", lesson, idea(lesson))
		for _, program := range []string{"server", "broker", "worker", "client", "stranger"} {
			if _, err := fs.Stat(pages, lesson+"/"+program+"/main.go"); err == nil {
				fmt.Fprintf(w, "    go run ./lessons/%s/%s\n", lesson, program)
			}
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "To run both programs of a lesson:\n\n    go run ./lessons %.2s\n", all[0])
}

// idea returns the first paragraph under the title of a lesson's page.
func idea(lesson string) string {
	page, err := pages.ReadFile(lesson + "/README.md")
	if err != nil {
		panic(err) // the page was embedded
	}
	_, text, _ := strings.Cut(string(page), "\n\n")
	paragraph, _, _ := strings.Cut(text, "\n\n")
	return strings.ReplaceAll(paragraph, "\n", " ")
}

// find returns the lesson with that number, that name or that part of a name.
func find(all []string, part string) (string, error) {
	var found []string
	for _, lesson := range all {
		number, _, _ := strings.Cut(lesson, "-")
		if part == lesson || part == number || "0"+part == number {
			return lesson, nil
		}
		if strings.Contains(lesson, part) {
			found = append(found, lesson)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fmt.Errorf("no lesson is called %q: choose one of %s", part, strings.Join(all, ", "))
	default:
		return "", fmt.Errorf("%q matches more than one lesson: choose one of %s", part, strings.Join(found, ", "))
	}
}

// play builds a lesson's programs, runs them until the client exits, and returns
// the client's exit status. If ctx ends first, play stops the programs. If wired
// is true, it shows what they send each other.
func play(ctx context.Context, name string, wired bool) (status int, err error) {
	lesson, err := find(lessons(), name)
	if err != nil {
		return 2, err
	}
	if strings.HasSuffix(lesson, "-workers") {
		return playBroker(ctx, lesson, wired)
	}
	paths, err := build(ctx, lesson, "server", "client")
	if err != nil {
		return 1, err
	}
	endpoint, err := freeAddress()
	if err != nil {
		return 1, err
	}

	scheme := "tcp://"
	if strings.HasSuffix(lesson, "-strangers") { // its programs have a guard
		scheme = "guard://"
	}
	endpoint = scheme + endpoint

	// When ctx ends, the client stops before the server, as it does without Ctrl-C.
	serverCtx, stopServer := context.WithCancel(context.WithoutCancel(ctx))
	defer stopServer()
	clientCtx, stopClient := context.WithCancel(ctx)
	defer stopClient()
	colors := colorful(os.Stdout)
	connect, waitForProxy := endpoint, func() {}
	if wired {
		proxy := newProxy("client", "server", colors)
		if err := proxy.Listen(scheme+"127.0.0.1:0", endpoint); err != nil {
			return 1, err
		}
		defer proxy.Close()
		connect = proxy.Endpoint()
		waitForProxy = func() {
			defer context.AfterFunc(ctx, proxy.Close)()
			proxy.Wait()
		}
	}
	server := command(serverCtx, paths[0], "-bind", endpoint)
	client := command(clientCtx, paths[1], "-connect", connect)
	defer show(server, "server", "\x1b[36m", colors)()
	defer show(client, "client", "\x1b[33m", colors)()

	if err := server.Start(); err != nil {
		return 1, err
	}
	exited := make(chan struct{})
	go func() {
		server.Wait() // its error, if any, is in ProcessState
		close(exited)
		stopClient()
	}()
	clientErr := client.Run()
	waitForProxy() // until the client's connections are closed
	select {
	case <-exited:
		return 1, errors.New("the server exited before the client")
	default:
	}
	stopServer()
	<-exited

	var exit *exec.ExitError
	if clientErr != nil && !errors.As(clientErr, &exit) {
		return 1, clientErr
	}
	if runtime.GOOS != "windows" && !server.ProcessState.Success() {
		return 1, fmt.Errorf("the server: %v", server.ProcessState)
	}
	return client.ProcessState.ExitCode(), nil
}

// build builds programs of a folder in lessons unless they are up to date, and
// returns their paths.
func build(ctx context.Context, folder string, names ...string) (paths []string, err error) {
	root, err := programs.Root(".")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		path, err := programs.Build(ctx, filepath.Join(root, "lessons", folder, name), name)
		if err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// command returns a command that is interrupted when ctx ends, and killed if it
// has not exited 5 seconds later.
func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	if runtime.GOOS != "windows" { // which cannot interrupt another process
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	}
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// show makes a command print whole lines to standard output and standard error,
// with its name in front of each. The function that it returns prints a last
// line that has no end.
func show(cmd *exec.Cmd, name, color string, colors bool) (flush func()) {
	prefix := prefix(name, color, colors)
	stdout := &lines{w: os.Stdout, prefix: prefix}
	stderr := &lines{w: os.Stderr, prefix: prefix}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return func() {
		stdout.flush()
		stderr.flush()
	}
}

// prefix returns the text in front of each line.
func prefix(name, color string, colors bool) string {
	if colors {
		return color + name + " | \x1b[0m"
	}
	return name + " | "
}

// colorful reports whether w is a terminal and the user wants colors
// (https://no-color.org).
func colorful(w *os.File) bool {
	info, err := w.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 &&
		os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// out receives the lines of all programs.
var out output

type output struct {
	mu  sync.Mutex
	err error // of the first line that could not be written
}

// print writes a line. After an error it writes nothing more: if the reader has
// seen enough, as in head -1, the programs are about to exit, and their last
// lines do not matter.
func (o *output) print(w io.Writer, line []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		_, o.err = w.Write(line)
	}
}

func (o *output) failed() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// lines is a writer that passes on whole lines, each with a prefix.
type lines struct {
	w      io.Writer
	prefix string
	rest   []byte
}

func (l *lines) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		end := bytes.IndexByte(l.rest, '\n')
		if end < 0 {
			return len(p), nil
		}
		line := append([]byte(l.prefix), l.rest[:end+1]...)
		l.rest = slices.Delete(l.rest, 0, end+1)
		out.print(l.w, line)
	}
}

func (l *lines) flush() {
	if len(l.rest) > 0 {
		l.Write([]byte("\n"))
	}
}

// A writer is a function that handles what is written.
type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }
