package lessontest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"go/build"
	"hash"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// programPath lists the folders of the programs, as PATH does.
var programPath string

// Program returns the path of a program that Main built.
func Program(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	for _, dir := range filepath.SplitList(programPath) {
		file := filepath.Join(dir, name)
		if _, err := os.Stat(file); err == nil {
			return file
		}
	}
	return name // os/exec will report that it does not exist
}

var otherLesson = regexp.MustCompile(`^(?:\.\./|\./)(\d\d-[^/]+)/([^/]+)$`)

// buildAll builds programs, and reads every file that they are built from and
// every file in the test's folder. Otherwise go test would repeat a cached result
// after an edit, because it tracks only the files that the test itself reads.
func buildAll(programs []string) error {
	var dirs []string
	for _, program := range programs {
		name := ""
		if other := otherLesson.FindStringSubmatch(program); other != nil {
			name = other[1] + "-" + other[2]
		}
		dir, err := buildOne(program, name)
		if err != nil {
			return err
		}
		dirs = append(dirs, dir)
	}
	programPath = strings.Join(dirs, string(os.PathListSeparator))
	return readAll(sha256.New(), ".")
}

// buildOne builds a program unless it is up to date, and returns its folder. The
// folder is in GOCACHE or the user's cache, and its name is a hash of the program's
// sources, so that all tests can share it.
func buildOne(program, name string) (dir string, err error) {
	program, err = filepath.Abs(program)
	if err != nil {
		return "", err
	}
	if name == "" {
		name = filepath.Base(program)
	}
	sum, err := sources(program)
	if err != nil {
		return "", err
	}
	cache := os.Getenv("GOCACHE")
	if cache == "" {
		if cache, err = os.UserCacheDir(); err != nil {
			return "", err
		}
	}
	lesson := filepath.Base(filepath.Dir(program))
	all := filepath.Join(cache, "zeromq-lessons", lesson+"-"+name)
	dir = filepath.Join(all, sum)
	if used(dir) {
		return dir, nil
	}

	if err := os.MkdirAll(all, 0o777); err != nil {
		return "", err
	}
	temp, err := os.MkdirTemp(all, "new-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temp)
	args := []string{"build", "-buildvcs=false", "-o", filepath.Join(temp, name)}
	if runtime.GOOS == "windows" {
		args[len(args)-1] += ".exe"
	}
	if raceEnabled() {
		args = append(args, "-race")
	}
	out, err := exec.Command("go", append(args, program)...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build %s: %v\n%s", program, err, out)
	}
	if err := os.Rename(temp, dir); err != nil && !used(dir) { // by another test, at the same time
		return "", err
	}
	return dir, removeOld(all)
}

// used marks a folder as in use, and reports whether it exists.
func used(dir string) bool {
	now := time.Now()
	return os.Chtimes(dir, now, now) == nil
}

// removeOld removes the folders that no test has used for an hour.
func removeOld(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && time.Since(info.ModTime()) > time.Hour {
			os.RemoveAll(filepath.Join(dir, entry.Name())) // another test may do the same
		}
	}
	return nil
}

// sources returns a hash of everything that a program is built from.
func sources(program string) (sum string, err error) {
	root := program
	for !exists(filepath.Join(root, "go.mod")) {
		if root == filepath.Dir(root) {
			return "", errors.New("no go.mod in " + program + ", nor above")
		}
		root = filepath.Dir(root)
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", errors.New("the test binary has no build information")
	}
	h := sha256.New()
	fmt.Fprintln(h, program, info.GoVersion, info.Settings, os.Getenv("GOFLAGS"))

	files := []string{filepath.Join(root, "go.mod"), filepath.Join(root, "go.sum")}
	packages := []string{program}
	for i := 0; i < len(packages); i++ { // packages that they import are added below
		pkg, err := build.ImportDir(packages[i], 0)
		if err != nil {
			return "", err
		}
		for _, name := range slices.Concat(pkg.GoFiles, pkg.EmbedPatterns) {
			found, err := filepath.Glob(filepath.Join(pkg.Dir, name))
			if err != nil {
				return "", err
			}
			files = append(files, found...)
		}
		for _, path := range pkg.Imports {
			if path, ok := strings.CutPrefix(path, info.Main.Path+"/"); ok {
				if dir := filepath.Join(root, path); !slices.Contains(packages, dir) {
					packages = append(packages, dir)
				}
			}
		}
	}
	for _, file := range files {
		if err := readAll(h, file); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8]), nil
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// readAll hashes a file, or all files in a folder.
func readAll(h hash.Hash, path string) error {
	return filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		fmt.Fprintln(h, path, len(text))
		h.Write(text)
		return err
	})
}

func raceEnabled() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
