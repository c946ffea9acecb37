// Wait measures how long a reader waits. It runs the reader's commands in a new
// clone of this repository, first with empty caches, and prints a table:
//
//	go run -C docs/compare ./wait
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("wait: ")
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	dir, err := os.MkdirTemp("", "wait-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	clone := filepath.Join(dir, "clone")
	env := append(os.Environ(), "GOMODCACHE="+filepath.Join(dir, "modules"), "GOCACHE="+filepath.Join(dir, "cache"),
		"GOFLAGS=-modcacherw") // so that RemoveAll can remove the modules
	command := func(arg ...string) (seconds float64, err error) {
		cmd := exec.Command(arg[0], arg[1:]...)
		cmd.Env = env
		if arg[0] == "go" {
			cmd.Dir = clone
		}
		start := time.Now()
		out, err := cmd.CombinedOutput()
		if err != nil {
			return 0, fmt.Errorf("%q: %w\n%s", arg, err, out)
		}
		return time.Since(start).Seconds(), nil
	}

	exercise := []string{"go", "run", "./lessons", "exercises", "02a"}
	play := []string{"go", "run", "./lessons", "02"}
	site := []string{"go", "run", "-C", "docs/site", ".", "build", "-o", filepath.Join(dir, "public")}
	if _, err := command("git", "clone", "-q", "../..", clone); err != nil {
		return err
	}
	for _, step := range []struct {
		name string
		arg  []string
	}{
		{"play a lesson, after git clone", play},
		{"play it again", play},
		{"grade an exercise, for the first time", exercise},
		{"grade it again", exercise},
		{"build the docs site, for the first time", site},
		{"build the docs site", site},
		{"all tests, for the first time", []string{"go", "test", "./..."}},
		{"all tests, unchanged", []string{"go", "test", "./..."}},
	} {
		seconds, err := command(step.arg...)
		if err != nil {
			return err
		}
		fmt.Printf("%-40s %6.1f s\n", step.name, seconds)
	}
	index, err := os.Stat(filepath.Join(dir, "public", "search-index.js"))
	if err != nil {
		return err
	}
	fmt.Printf("%-40s %6.1f kB\n", "the docs site's search index", float64(index.Size())/1000)
	return nil
}
