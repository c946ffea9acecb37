// Wait measures how long a reader waits. It runs the reader's commands in a new
// clone of this repository, first with empty caches, and prints a table:
//
//	go run -C docs/compare ./wait
//
// With -tests, it also runs all tests, which takes minutes.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
	clone, site := filepath.Join(dir, "clone"), filepath.Join(dir, "site")
	if out, err := exec.Command("git", "clone", "-q", "../..", clone).CombinedOutput(); err != nil {
		return fmt.Errorf("git clone: %w\n%s", err, out)
	}
	// RemoveAll can remove the modules because of -modcacherw.
	env := append(os.Environ(), "HOME="+dir, "XDG_CACHE_HOME=", "GOCACHE=", "GOMODCACHE=", "GOPATH=", "GOFLAGS=-modcacherw")

	steps := []struct{ name, command string }{
		{"play a lesson, after git clone", "go run ./lessons 02"},
		{"play it again", "go run ./lessons 02"},
		{"grade an exercise", "go run ./lessons exercises 02a"},
		{"grade it again", "go run ./lessons exercises 02a"},
		{"build the docs site without the compiler", "go run -C docs/site . build -zstd none -o " + site},
		{"build it again", "go run -C docs/site . build -zstd none -o " + site},
		{"run all tests", "go test ./..."},
		{"run them again", "go test ./..."},
		{"run them again, nothing cached", "go test -count=1 ./..."},
	}
	if !tests {
		steps = steps[:6]
	}
	for _, step := range steps {
		args := strings.Fields(step.command)
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env, cmd.Dir = env, clone
		start := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", step.command, err, out)
		}
		fmt.Printf("%-41s %6.1f s\n", step.name, time.Since(start).Seconds())
	}

	index, err := filepath.Glob(filepath.Join(site, "assets-*", "search-index.js"))
	if err != nil || len(index) != 1 {
		return fmt.Errorf("the site has the search indexes %q: %v", index, err)
	}
	text, err := os.ReadFile(index[0])
	if err != nil {
		return err
	}
	var compressed bytes.Buffer
	w := gzip.NewWriter(&compressed)
	w.Write(text)
	w.Close()
	fmt.Printf("%-41s %6.1f kB\n", "the site's search index, compressed", float64(compressed.Len())/1000)
	return nil
}
