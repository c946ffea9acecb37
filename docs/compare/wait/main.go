// Wait measures how long a reader waits. It runs the reader's commands in a new
// clone of this repository, first with empty caches, and prints a table:
//
//	go run -C docs/compare ./wait
//
// With -tests, it also runs all tests, which takes minutes.
package main

import (
	"flag"
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
	tests := flag.Bool("tests", false, "also run all tests")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*tests); err != nil {
		log.Fatal(err)
	}
}

func run(tests bool) error {
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
	test := []string{"go", "test", "./..."}
	type step struct {
		name string
		arg  []string
	}
	steps := []step{
		{"play a lesson, after git clone", play},
		{"play it again", play},
		{"grade an exercise, for the first time", exercise},
		{"grade it again", exercise},
		{"build the docs site, for the first time", site},
		{"build the docs site again", site},
	}
	if tests {
		steps = append(steps, step{"all tests, for the first time", test}, step{"all tests, unchanged", test})
	}
	for _, step := range steps {
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
