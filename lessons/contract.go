package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// contract builds the program in lessons/contract, runs it with the arguments
// after "contract", and returns its exit status. Without an argument the
// program lists the promises.
func contract(ctx context.Context, args []string) (status int, err error) {
	dir, err := os.MkdirTemp("", "zeromq-lessons-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "contract.exe") // Windows wants the suffix
	build := command(ctx, "go", "build", "-o", program, "zeromq-lessons/lessons/contract")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return 1, fmt.Errorf("cannot build the contract: %w", err)
	}

	if len(args) == 0 {
		args = []string{"-list"}
	}
	run := command(ctx, program, args...)
	run.Stdout, run.Stderr = os.Stdout, os.Stderr
	err = run.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}
