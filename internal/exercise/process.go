//go:build !js

package exercise

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// runAttempt runs an attempt in a child process. It returns that process's exit
// status, and the folder with the files that it wrote.
func runAttempt(t *testing.T, name string) (dir string, status int) {
	t.Helper()
	dir = t.TempDir()
	output, err := os.Create(filepath.Join(dir, outputFile))
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	child := exec.Command(os.Args[0], "-test.run=^TestExercise$", "-test.timeout=0")
	child.Env = append(os.Environ(), attemptEnv+"="+name, dirEnv+"="+dir, "GORACE=atexit_sleep_ms=0", "GOTRACEBACK=single")
	child.Stdout, child.Stderr = output, output
	err = child.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return dir, child.ProcessState.ExitCode()
}
