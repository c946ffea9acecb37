package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
)

// contract builds the program in lessons/contract, runs it with the arguments
// after "contract", and returns its exit status. Without an argument the
// program lists the promises.
func contract(ctx context.Context, args []string) (status int, err error) {
	paths, err := build(ctx, "", "contract")
	if err != nil {
		return 1, err
	}
	if len(args) == 0 {
		args = []string{"-list"}
	}
	run := command(ctx, paths[0], args...)
	run.Stdout, run.Stderr = os.Stdout, os.Stderr
	err = run.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}
