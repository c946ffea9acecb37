package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// cacheFolder returns the folder for results that take long to build.
func cacheFolder() (string, error) {
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "zeromq-lessons"), err
}

// cached returns the result of make for these inputs. It calls make only once for
// the same inputs, and keeps the result in the folder as long as it is used now and
// then.
func cached(folder, inputs string, make func() ([]byte, error)) ([]byte, error) {
	file := filepath.Join(folder, fmt.Sprintf("%x", sha256.Sum256([]byte(inputs))))
	data, err := os.ReadFile(file)
	if err == nil {
		now := time.Now()
		os.Chtimes(file, now, now)
		return data, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if data, err = make(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, err
	}
	forget(folder, time.Now().AddDate(0, -1, 0))
	temporary, err := os.CreateTemp(folder, "new-")
	if err != nil {
		return nil, err
	}
	_, err = temporary.Write(data)
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), file) // so that others see either all of it or nothing
	}
	return data, err
}

// forget removes what was not used since a time.
func forget(folder string, before time.Time) {
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && info.ModTime().Before(before) {
			os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}

// goFiles returns a hash of the files of a module, in these folders, that go build
// may read.
func goFiles(root string, folders ...string) (string, error) {
	hash := sha256.New()
	add := func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(file, "_test.go") || !slices.Contains([]string{".go", ".mod", ".sum"}, filepath.Ext(file)) {
			return err
		}
		text, err := os.ReadFile(file)
		fmt.Fprintf(hash, "%s %d\n%s", file, len(text), text)
		return err
	}
	for _, folder := range folders {
		if err := filepath.WalkDir(filepath.Join(root, folder), add); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", hash.Sum(nil)), nil
}
