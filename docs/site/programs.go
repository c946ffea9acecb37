package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A package named main cannot be imported, so the lessons' programs have this name
// while they are compiled. It is as long as the real one, which replaces it in the
// binary, because %T prints the package of a type.
const importable = "maiN"

var packageMain = regexp.MustCompile(`(?m)^package main$`)

// programs returns the files that let a page run the lessons' programs: one
// binary of WebAssembly with all of them, Go's own script for it, and a list.
// The programs are unchanged; go build's -overlay adds what a page needs in
// addition. Further programs are given by their names, such as 02-req-rep/server,
// and their text.
func programs(root string, further map[string]string) (map[string][]byte, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	environment, err := goCommand(root, "env", "GOROOT", "GOVERSION", "GOFLAGS", "GOEXPERIMENT")
	if err != nil {
		return nil, err
	}
	goroot, _, _ := strings.Cut(environment, "\n")
	glue, err := os.ReadFile(filepath.Join(goroot, "lib/wasm/wasm_exec.js"))
	if err != nil {
		return nil, err
	}
	names, layer, err := importablePrograms(root, further)
	if err != nil {
		return nil, err
	}
	if err := addToGo(layer, goroot, filepath.Join(root, "internal/browser")); err != nil {
		return nil, err
	}
	imports, list := "", ""
	for i, name := range names {
		layer[filepath.Join(root, "lessons", name, "zz_main.go")] = "package " + importable + "\n\nvar Main = main\n"
		imports += fmt.Sprintf("import p%d %q\n", i, "zeromq-lessons/lessons/"+name)
		list += fmt.Sprintf("\t%q: p%d.Main,\n", name, i)
	}
	layer[filepath.Join(root, "internal/browser/lessons/main.go")] = `package main

import "os"
import _ "zeromq-lessons/internal/browser"
` + imports + `
func main() {
	map[string]func(){
` + list + `
	}[os.Getenv("PROGRAM")]()
}
`
	sources, err := goFiles(root, "go.mod", "go.sum", "internal", "lessons")
	if err != nil {
		return nil, err
	}
	folder, err := cacheFolder()
	if err != nil {
		return nil, err
	}
	packed, err := cached(folder, fmt.Sprint(environment, sources, layer), func() ([]byte, error) {
		wasm, err := compile(root, layer)
		wasm = bytes.ReplaceAll(wasm, []byte(importable+"."), []byte("main."))
		return compress(wasm), err
	})
	if err != nil {
		return nil, err
	}
	all, err := json.Marshal(names)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"lessons.wasm.gz": packed,
		"wasm_exec.js":    glue,
		"programs.js": fmt.Appendf(nil, "// What is in the file, and how many bytes that is: packed, and not.\n"+
			"export const programs = %s\nexport const file = 'lessons.wasm.gz?%.4x'\nexport const packed = %d\nexport const size = %d\n",
			all, sha256.Sum256(packed), len(packed), binary.LittleEndian.Uint32(packed[len(packed)-4:])), // the last word is the size
	}, nil
}

// compress compresses a file as web servers do. For the programs, the best level
// would take one more second and save 1%.
func compress(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// addToGo overlays Go's own packages with what they lack on a page.
func addToGo(layer map[string]string, goroot, browser string) error {
	for from, to := range map[string]string{
		"_signal/interrupt.go": "src/os/signal/interrupt_js.go",
		"_net/page.go":         "src/net/page_js.go",
	} {
		text, err := os.ReadFile(filepath.Join(browser, from))
		if err != nil {
			return err
		}
		layer[filepath.Join(goroot, to)] = string(text)
	}
	file := filepath.Join(goroot, "src/net/dial.go")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	patched := string(text)
	for function, call := range map[string]string{
		"func (d *Dialer) DialContext(ctx context.Context, network, address string) (Conn, error) {\n":       "pageDial",
		"func (lc *ListenConfig) Listen(ctx context.Context, network, address string) (Listener, error) {\n": "pageListen",
	} {
		if strings.Count(patched, function) != 1 {
			return fmt.Errorf("%s has no %s", file, function)
		}
		patched = strings.Replace(patched, function, function+"\tif "+call+" != nil {\n\t\treturn "+call+"(ctx, network, address)\n\t}\n", 1)
	}
	layer[file] = patched
	return nil
}

// importablePrograms returns the names of all programs, and the overlay for their
// files.
func importablePrograms(root string, further map[string]string) (names []string, layer map[string]string, err error) {
	files, err := filepath.Glob(filepath.Join(root, "lessons/*/*/*.go"))
	if err != nil {
		return nil, nil, err
	}
	sources := map[string]string{}
	for _, file := range files {
		if _, err := os.Stat(filepath.Join(filepath.Dir(file), "../README.md")); err != nil {
			continue // not a lesson
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, nil, err
		}
		sources[file] = string(text)
	}
	for name, text := range further {
		sources[filepath.Join(root, "lessons", name, "main.go")] = text
	}
	layer = map[string]string{}
	for _, file := range slices.Sorted(maps.Keys(sources)) {
		switch text := sources[file]; {
		case !packageMain.MatchString(text):
		case strings.HasSuffix(file, "_test.go"):
			layer[file] = "" // hidden
		default:
			layer[file] = packageMain.ReplaceAllString(text, "package "+importable)
			name, err := filepath.Rel(filepath.Join(root, "lessons"), filepath.Dir(file))
			if err != nil {
				return nil, nil, err
			}
			names = append(names, filepath.ToSlash(name))
		}
	}
	return slices.Compact(names), layer, nil
}

// compile builds the one program with all others, from the repository's files
// and the overlay.
func compile(root string, layer map[string]string) ([]byte, error) {
	work, flags, err := buildFlags(layer, root)
	defer os.RemoveAll(work)
	if err != nil {
		return nil, err
	}
	out := filepath.Join(work, "lessons.wasm")
	args := append([]string{"build", "-o", out}, flags...)
	if _, err := goCommand(root, append(args, "./internal/browser/lessons")...); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

// buildFlags returns the flags for building everything that a page runs, and a new
// folder with the overlay's files, in which an empty text hides a file. Without
// symbols and inlining (-l), there is less to download. If root is the repository,
// and not "", a small module replaces a large one.
func buildFlags(layer map[string]string, root string) (work string, flags []string, err error) {
	if work, err = os.MkdirTemp("", "docs-"); err != nil {
		return "", nil, err
	}
	replace := map[string]string{}
	for file, text := range layer {
		if replace[file] = ""; text == "" {
			continue
		}
		replace[file] = filepath.Join(work, fmt.Sprint(len(replace), ".go"))
		if err := os.WriteFile(replace[file], []byte(text), 0o644); err != nil {
			return work, nil, err
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return work, nil, err
	}
	overlay := filepath.Join(work, "overlay.json")
	if err := os.WriteFile(overlay, text, 0o644); err != nil {
		return work, nil, err
	}
	flags = []string{"-trimpath", "-ldflags=-s -w", "-gcflags=all=-l", "-overlay=" + overlay}
	if root != "" {
		modfile, err := smallText(work, root)
		return work, append(flags, modfile), err
	}
	return work, flags, nil
}

// smallText returns the flag for a copy of the repository's go.mod in which a small
// module replaces a large one.
func smallText(work, root string) (flag string, err error) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", err
	}
	mod = fmt.Appendf(mod, "\nreplace golang.org/x/text => %q\n", filepath.Join(root, "internal/browser/_text"))
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return "", err
	}
	file := filepath.Join(work, "go.mod")
	if err := os.WriteFile(filepath.Join(work, "go.sum"), sum, 0o644); err != nil {
		return "", err
	}
	return "-modfile=" + file, os.WriteFile(file, mod, 0o644)
}

// goFolder returns a GOROOT whose files -overlay can replace. A Go that GOTOOLCHAIN
// downloaded is in the module cache, where go refuses that. Then goFolder returns a
// folder elsewhere that links to it.
var goFolder = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "env", "GOROOT", "GOMODCACHE", "GOVERSION").Output()
	if err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	goroot, modules, version := lines[0], lines[1], lines[2]
	if !strings.HasPrefix(goroot, modules+string(os.PathSeparator)) {
		return goroot, nil
	}
	cache, err := cacheFolder()
	if err != nil {
		return "", err
	}
	links := filepath.Join(cache, version)
	if err := os.MkdirAll(links, 0o777); err != nil {
		return "", err
	}
	entries, err := os.ReadDir(goroot)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if err := os.Symlink(filepath.Join(goroot, e.Name()), filepath.Join(links, e.Name())); err != nil && !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	return links, nil
})

// goCommand runs go for WebAssembly, and returns what it prints.
func goCommand(dir string, args ...string) (string, error) {
	goroot, err := goFolder()
	if err != nil {
		return "", err
	}
	cmd := exec.Command(filepath.Join(goroot, "bin/go"), args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOROOT="+goroot, "GOTOOLCHAIN=local")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, &stderr)
	}
	return strings.TrimSpace(string(out)), nil
}
