package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What was made of the same inputs is used again, until it is forgotten.
func TestCached(t *testing.T) {
	folder, made := filepath.Join(t.TempDir(), "new"), 0
	get := func(inputs string) string {
		data, err := cached(folder, inputs, func() ([]byte, error) {
			made++
			return []byte(fmt.Sprint(inputs, made)), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	got := get("a") + get("a") + get("b") + get("a")
	forget(folder, time.Now().Add(-time.Hour))
	got += get("a")
	forget(folder, time.Now().Add(time.Hour))
	got += get("a")
	if want := "a1a1b2a1a1a3"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	failure := errors.New("it cannot be made")
	for range 2 {
		if _, err := cached(folder, "c", func() ([]byte, error) { return nil, failure }); err != failure {
			t.Errorf("got %v, want %v", err, failure)
		}
	}
}

// The hash of a module's files changes with each of them, but not with a test.
func TestGoFiles(t *testing.T) {
	root := t.TempDir()
	hash := func(name, text string) string {
		file := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o777), os.WriteFile(file, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
		hash, err := goFiles(root, "go.mod", "lessons")
		if err != nil {
			t.Fatal(err)
		}
		return hash
	}
	os.Mkdir(filepath.Join(root, "lessons"), 0o777)
	first := hash("go.mod", "module a")
	seen := map[string]bool{first: true}
	for _, change := range [][2]string{{"go.mod", "module b"}, {"lessons/a/main.go", ""}, {"lessons/a/main.go", "package main"}, {"lessons/b/main.go", ""}} {
		if h := hash(change[0], change[1]); seen[h] {
			t.Errorf("%s has changed, and the hash has not", change[0])
		} else {
			seen[h] = true
		}
	}
	if h := hash("lessons/a/main_test.go", "package main"); !seen[h] {
		t.Error("the hash changes with a test")
	}
}
