package lessontest

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"zeromq-lessons/internal/programs"
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

// buildAll builds programs, and reads every file in the test's folder. Otherwise
// go test would repeat a cached result after an edit, because it tracks only the
// files that the test itself reads.
func buildAll(folders []string) error {
	var dirs []string
	for _, folder := range folders {
		abs, err := filepath.Abs(folder)
		if err != nil {
			return err
		}
		name := filepath.Base(abs)
		if other := otherLesson.FindStringSubmatch(folder); other != nil {
			name = other[1] + "-" + other[2]
		}
		program, err := programs.Build(context.Background(), abs, name)
		if err != nil {
			return err
		}
		dirs = append(dirs, filepath.Dir(program))
	}
	programPath = strings.Join(dirs, string(os.PathListSeparator))
	return filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		_, err = os.ReadFile(path)
		return err
	})
}
