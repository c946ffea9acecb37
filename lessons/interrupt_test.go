//go:build unix

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"zeromq-lessons/internal/lessontest"
)

// Ctrl-C leaves no process behind, whether it arrives while the programs are
// built or while they run, and whether the whole process group receives it, as
// from a terminal, or only the tour.
func TestInterrupt(t *testing.T) {
	tests := []struct {
		whole bool
		after int
		args  []string
	}{
		{true, 2, []string{"-wire", "01"}},
		{false, 2, []string{"-wire", "01"}},
		{true, 0, []string{"01"}},
		{true, 2, []string{"01"}},
		{false, 0, []string{"01"}},
		{false, 2, []string{"01"}},
	}
	for i, test := range tests {
		t.Run(fmt.Sprintf("group=%v,lines=%d,%v", test.whole, test.after, test.args), func(t *testing.T) {
			t.Parallel()
			if i > 0 { // each builds and plays a lesson
				lessontest.Thorough(t)
			}
			tour := exec.Command(lessontest.Program("lessons"), test.args...)
			tour.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			stdout, err := tour.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := tour.Start(); err != nil {
				t.Fatal(err)
			}
			defer syscall.Kill(-tour.Process.Pid, syscall.SIGKILL)

			lines := bufio.NewReader(stdout)
			for range test.after {
				if _, err := lines.ReadString('\n'); err != nil {
					t.Fatal(err)
				}
			}
			to := tour.Process.Pid
			if test.whole {
				to = -to
			}
			if err := syscall.Kill(to, syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, lines)
			tour.Wait()
			noneLeft(t, tour)
		})
	}
}

// If the reader has seen enough, as in head -1, no process is left behind
// either, even where the tour itself prints most lines. That is not an error.
func TestClosedPipe(t *testing.T) {
	lessontest.Thorough(t)
	tour := exec.Command(lessontest.Program("lessons"), "-wire", "02")
	var stderr strings.Builder
	tour.Stderr = &stderr
	tour.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdout, err := tour.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := tour.Start(); err != nil {
		t.Fatal(err)
	}
	defer syscall.Kill(-tour.Process.Pid, syscall.SIGKILL)
	if _, err := stdout.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	stdout.Close()
	if err := tour.Wait(); err != nil || stderr.Len() > 0 {
		t.Errorf("the tour ended with %v and printed %s", err, &stderr)
	}
	noneLeft(t, tour)
}

// noneLeft checks that no process is left in the group of a process that exited.
func noneLeft(t *testing.T, exited *exec.Cmd) {
	if err := syscall.Kill(-exited.Process.Pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the tour exited, but a process of its group did not: %v", err)
	}
}
