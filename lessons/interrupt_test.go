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

// Ctrl-C leaves no process behind, whether it comes while the programs are
// built or while they run, and whether the whole group gets it, as
// from a terminal, or the tour alone.
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
			nobodyLeft(t, tour)
		})
	}
}

// A reader that has seen enough, such as head -1, leaves none behind either,
// not even where the tour itself prints most of it. That is not an error.
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
	nobodyLeft(t, tour)
}

// nobodyLeft checks that no process is left in the group of one that has ended.
func nobodyLeft(t *testing.T, ended *exec.Cmd) {
	if err := syscall.Kill(-ended.Process.Pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the tour has ended, but a process of its group has not: %v", err)
	}
}
