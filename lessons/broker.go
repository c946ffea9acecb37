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

// playBroker runs a lesson's broker, two workers and two clients until the
// clients exit. It returns the exit status of a client that failed, or 0. If
// wired is true, it shows what they send each other.
func playBroker(ctx context.Context, lesson string, wired bool) (status int, err error) {
	paths, err := build(ctx, lesson, "broker", "worker", "client")
	if err != nil {
		return 1, err
	}
	bind, err := freeAddress()
	if err != nil {
		return 1, err
	}
	workersBind, err := freeAddress()
	if err != nil {
		return 1, err
	}
	colors := colorful(os.Stdout)
	toClients, toWorkers, waitForProxy := "tcp://"+bind, "tcp://"+workersBind, func() {}
	if wired {
		clients, workers := newProxy("client", "broker", colors), newProxy("worker", "broker", colors)
		if err := clients.Listen("tcp://127.0.0.1:0", toClients); err != nil {
			return 1, err
		}
		defer clients.Close()
		if err := workers.Listen("tcp://127.0.0.1:0", toWorkers); err != nil {
			return 1, err
		}
		defer workers.Close()
		toClients, toWorkers = clients.Endpoint(), workers.Endpoint()
		waitForProxy = func() {
			defer context.AfterFunc(ctx, clients.Close)()
			clients.Wait()
		}
	}

	// With or without Ctrl-C, the clients exit first, then the workers, then the
	// broker.
	brokerCtx, stopBroker := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBroker()
	workersCtx, stopWorkers := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWorkers()
	broker := command(brokerCtx, paths[0], "-bind", "guard://"+bind, "-workers", "guard://"+workersBind)
	workers := []*exec.Cmd{
		command(workersCtx, paths[1], "-connect", toWorkers),
		command(workersCtx, paths[1], "-connect", toWorkers),
	}
	clients := []*exec.Cmd{
		command(ctx, paths[2], "-connect", toClients),
		command(ctx, paths[2], "-connect", toClients),
	}
	defer show(broker, "broker", "\x1b[36m", colors)()
	for i := range workers {
		defer show(workers[i], fmt.Sprintf("worker %d", i+1), "\x1b[32m", colors)()
		defer show(clients[i], fmt.Sprintf("client %d", i+1), "\x1b[33m", colors)()
	}
	ready := make(chan bool, len(workers))
	broker.Stdout = io.MultiWriter(broker.Stdout, finder{" is ready\n", ready})

	exited, err := start(broker)
	if err != nil {
		return 1, err
	}
	defer func() { stopBroker(); <-exited }()
	var working sync.WaitGroup
	defer func() { stopWorkers(); working.Wait() }()
	for _, worker := range workers {
		exited, err := start(worker)
		if err != nil {
			return 1, err
		}
		working.Go(func() { <-exited })
		select { // so that the broker numbers the workers as play does
		case <-ready:
		case <-exited:
			return 1, errors.New("a worker exited before the clients")
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
	waitForProxy() // until the clients' connections are closed
	stopWorkers()
	working.Wait()
	stopBroker()
	<-exited

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

// start starts a program. The channel is closed when the program exits.
func start(program *exec.Cmd) (exited <-chan struct{}, err error) {
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

// A finder is a writer that reports when a text is written to it.
type finder struct {
	text  string
	found chan<- bool
}

func (f finder) Write(p []byte) (int, error) {
	for range bytes.Count(p, []byte(f.text)) {
		select {
		case f.found <- true:
		default: // no one is waiting anymore
		}
	}
	return len(p), nil
}
