// Package programs builds the lessons' programs for the tour and for the tests,
// which share what it has built.
package programs

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// Build builds the program in a folder unless it is up to date, and returns its
// path, which ends in the name, with .exe on Windows. The program is in GOCACHE or
// the user's cache, in a folder whose name is a hash of everything that it is
// built from. Build reads all these files. The error contains what go build printed.
func Build(ctx context.Context, folder, name string) (path string, err error) {
	program, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	if runtime.GOOS == "windows" {
		name += ".exe"
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
	dir := filepath.Join(all, sum)
	if used(dir) {
		return filepath.Join(dir, name), nil
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
	if raceEnabled() {
		args = append(args, "-race")
	}
	out, err := exec.CommandContext(ctx, "go", append(args, program)...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", folder, err, out)
	}
	if err := os.Rename(temp, dir); err != nil && !used(dir) { // another process was faster
		return "", err
	}
	return filepath.Join(dir, name), removeOld(all)
}

// used marks a folder as in use, and reports whether it exists.
func used(dir string) bool {
	now := time.Now()
	return os.Chtimes(dir, now, now) == nil
}

// removeOld removes the folders that nobody has used for an hour.
func removeOld(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && time.Since(info.ModTime()) > time.Hour {
			os.RemoveAll(filepath.Join(dir, entry.Name())) // another process may do the same
		}
	}
	return nil
}

// sources returns a hash of everything that a program is built from. It does not
// parse the files, because a parser would make the tour slower to compile, so it
// also reads the files for other operating systems.
func sources(program string) (sum string, err error) {
	root, err := Root(program)
	if err != nil {
		return "", err
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", errors.New("this program has no build information")
	}
	h := sha256.New()
	settings := slices.DeleteFunc(slices.Clone(info.Settings), func(s debug.BuildSetting) bool {
		return strings.HasPrefix(s.Key, "vcs")
	})
	fmt.Fprintln(h, program, info.GoVersion, settings, os.Getenv("GOFLAGS"))

	folder, err := filepath.Rel(root, program)
	if err != nil {
		return "", err
	}
	source := os.DirFS(root)
	patterns := []string{"go.mod", "go.sum", path.Join(filepath.ToSlash(folder), "*.go")}
	for i := 0; i < len(patterns); i++ { // what these files use is added below
		files, err := fs.Glob(source, patterns[i])
		if err != nil {
			return "", err
		}
		isPackage := path.Base(patterns[i]) == "*.go" // or else it is embedded
		for _, file := range files {
			name := path.Base(file)
			if isPackage && (name[0] == '.' || name[0] == '_' || strings.HasSuffix(name, "_test.go")) {
				continue // Go ignores it
			}
			err := fs.WalkDir(source, file, func(file string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				text, err := fs.ReadFile(source, file)
				if err != nil {
					return err
				}
				fmt.Fprintf(h, "%s %d\n%s", file, len(text), text)
				if isPackage {
					for _, pattern := range uses(file, string(text), info.Main.Path) {
						if !slices.Contains(patterns, pattern) {
							patterns = append(patterns, pattern)
						}
					}
				}
				return nil
			})
			if err != nil {
				return "", err
			}
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8]), nil
}

// uses returns patterns that match the files which a Go file embeds, and those of
// the module's packages which it imports.
func uses(file, text, module string) (patterns []string) {
	for line := range strings.Lines(text) {
		if embedded, ok := strings.CutPrefix(strings.TrimSpace(line), "//go:embed "); ok {
			for _, pattern := range strings.Fields(embedded) {
				pattern = strings.TrimPrefix(strings.Trim(pattern, "\"`"), "all:")
				patterns = append(patterns, path.Join(path.Dir(file), pattern))
			}
		}
		if _, imported, ok := strings.Cut(line, `"`+module+"/"); ok {
			folder, _, _ := strings.Cut(imported, `"`)
			patterns = append(patterns, path.Join(folder, "*.go"))
		}
	}
	return patterns
}

// Root returns the first folder with a go.mod, from the given one upward.
func Root(folder string) (string, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	for dir := folder; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no go.mod in %s or in a folder above it", folder)
		}
	}
}

func raceEnabled() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
