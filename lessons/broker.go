package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
)

// playBroker runs the broker, two workers and two clients that are in dir, until
// the clients have exited. It returns the exit status of a client that failed,
// or 0. Wired, what they send each other is shown.
func playBroker(ctx context.Context, dir string, wired bool) (status int, err error) {
	bind, err := freeAddress()
	if err != nil {
		return 1, err
	}
	workersBind, err := freeAddress()
	if err != nil {
		return 1, err
	}
	colors := colorful(os.Stdout)
	toClients, toWorkers, left := "tcp://"+bind, "tcp://"+workersBind, func() {}
	if wired {
		clients, workers := watch("client", "broker", colors), watch("worker", "broker", colors)
		if err := clients.Listen("tcp://127.0.0.1:0", toClients); err != nil {
			return 1, err
		}
		defer clients.Close()
		if err := workers.Listen("tcp://127.0.0.1:0", toWorkers); err != nil {
			return 1, err
		}
		defer workers.Close()
		toClients, toWorkers = clients.Endpoint(), workers.Endpoint()
		left = func() {
			defer context.AfterFunc(ctx, clients.Close)()
			clients.Wait()
		}
	}

	// The clients exit first, then the workers, then the broker, with Ctrl-C and
	// without.
	brokerCtx, stopBroker := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBroker()
	workersCtx, stopWorkers := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWorkers()
	broker := command(brokerCtx, filepath.Join(dir, "broker"), "-bind", "guard://"+bind, "-workers", "guard://"+workersBind)
	workers := []*exec.Cmd{
		command(workersCtx, filepath.Join(dir, "worker"), "-connect", toWorkers),
		command(workersCtx, filepath.Join(dir, "worker"), "-connect", toWorkers),
	}
	clients := []*exec.Cmd{
		command(ctx, filepath.Join(dir, "client"), "-connect", toClients),
		command(ctx, filepath.Join(dir, "client"), "-connect", toClients),
	}
	defer show(broker, "broker", "\x1b[36m", colors)()
	for i := range workers {
		defer show(workers[i], fmt.Sprintf("worker %d", i+1), "\x1b[32m", colors)()
		defer show(clients[i], fmt.Sprintf("client %d", i+1), "\x1b[33m", colors)()
	}
	ready := make(chan bool, len(workers))
	broker.Stdout = io.MultiWriter(broker.Stdout, finder{" is ready\n", ready})

	ended, err := start(broker)
	if err != nil {
		return 1, err
	}
	defer func() { stopBroker(); <-ended }()
	var working sync.WaitGroup
	defer func() { stopWorkers(); working.Wait() }()
	for _, worker := range workers {
		ended, err := start(worker)
		if err != nil {
			return 1, err
		}
		working.Go(func() { <-ended })
		select { // so that the broker calls it what we do
		case <-ready:
		case <-ended:
			return 1, errors.New("a worker has ended before the clients")
		case <-ctx.Done():
			return 1, ctx.Err()
		}
	}

	clientErrs := make([]error, len(clients))
	var asking sync.WaitGroup
	for i, client := range clients {
		asking.Go(func() { clientErrs[i] = client.Run() })
	}
	asking.Wait()
	left() // the clients' connections have ended too
	stopWorkers()
	working.Wait()
	stopBroker()
	<-ended

	for _, program := range append(workers, broker) {
		if runtime.GOOS != "windows" && !program.ProcessState.Success() {
			err = fmt.Errorf("%s: %v", filepath.Base(program.Path), program.ProcessState)
		}
	}
	for i, clientErr := range clientErrs {
		var exit *exec.ExitError
		if clientErr != nil && !errors.As(clientErr, &exit) {
			return 1, clientErr
		}
		status = max(status, clients[i].ProcessState.ExitCode())
	}
	if err != nil {
		return 1, err
	}
	return status, nil
}

// start starts a program. The channel is closed when the program has exited.
func start(program *exec.Cmd) (ended <-chan struct{}, err error) {
	if err := program.Start(); err != nil {
		return nil, err
	}
	done := make(chan struct{})
	go func() {
		program.Wait() // its error, if any, is in ProcessState
		close(done)
	}()
	return done, nil
}

// A finder is a writer that says when a text is written to it.
type finder struct {
	text  string
	found chan<- bool
}

func (f finder) Write(p []byte) (int, error) {
	for range bytes.Count(p, []byte(f.text)) {
		select {
		case f.found <- true:
		default: // nobody waits for it any longer
		}
	}
	return len(p), nil
}
