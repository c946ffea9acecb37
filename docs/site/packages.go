package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A group of compiled packages is one file.
type group struct {
	name       string
	importable string // what a program may import
	further    string // what the page's own files import

	packages []goPackage // in order: these, and their dependencies that no earlier group has
}

// groups are in the order in which a page downloads them. The first contains what
// the lessons' programs import, and what a beginner may want.
func groups() []*group {
	return []*group{
		{name: "packages", importable: `
			bufio bytes cmp context encoding/binary encoding/gob encoding/hex encoding/json errors flag fmt hash/crc32 io io/fs iter log
			maps math math/bits math/rand math/rand/v2 net os os/signal path path/filepath reflect runtime runtime/debug slices sort strconv
			strings sync sync/atomic syscall time unicode unicode/utf16 unicode/utf8 unsafe
			github.com/go-zeromq/zmq4 github.com/go-zeromq/zmq4/security/null github.com/go-zeromq/zmq4/security/plain
			github.com/go-zeromq/zmq4/transport`},
		{name: "lessons", importable: "zeromq-lessons/lessons/07-strangers/guard", further: "zeromq-lessons/internal/browser"},
		{name: "more", importable: `
			container/heap container/list container/ring crypto/md5 crypto/rand crypto/sha1 crypto/sha256 encoding/base64 encoding/csv
			hash/fnv hash/maphash log/slog math/big math/cmplx regexp text/tabwriter text/template unique weak`},
		{name: "grading", further: "testing zeromq-lessons/internal/exercise zeromq-lessons/internal/host"},
	}
}

// A goPackage is what go list prints about a package.
type goPackage struct {
	ImportPath, BuildID string
	Export              string // its file, compiled
	Deps                []string
	Module              *struct {
		Path, Version, Dir string
		Replace            *struct{}
	}
}

// An asset is a file that a page downloads, and its size.
type asset struct {
	File string `json:"file"`
	Size int    `json:"size"`
}

// editor returns the files that let a page compile Go: the tools, groups of
// packages, the lessons' programs, and toolchain.js, which says what is where.
// Compressing them at zstd's level 19 takes a minute the first time. Level 22 takes
// half as long again to save one percent, and level 3 is much faster.
func editor(root, level string) (map[string][]byte, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	level = available(level)
	all := groups()
	licenses, err := list(root, all)
	if err != nil {
		return nil, err
	}
	sources, err := programSources(root)
	if err != nil {
		return nil, err
	}
	work := map[string]func() ([]byte, error){"tools": func() ([]byte, error) { return toolchain(level) }}
	for _, g := range all {
		work[g.name] = func() ([]byte, error) { return g.packed(level) }
	}
	var mu sync.Mutex
	var wait sync.WaitGroup
	var errs []error
	files := map[string][]byte{"licenses.txt": licenses}
	assets := map[string]asset{}
	for name, f := range work {
		wait.Go(func() {
			data, err := f()
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
			file := fmt.Sprintf("%s-%.4x.bin", name, sha256.Sum256(data))
			files[file] = data
			assets[name] = asset{file, len(data)}
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if files["toolchain.js"], err = describe(root, all, assets, sources); err != nil {
		return nil, err
	}
	files["exercises.js"], err = exercises(root)
	return files, err
}

// describe returns the script that says what is in the editor's files.
func describe(root string, all []*group, assets map[string]asset, sources any) ([]byte, error) {
	said, err := goCommand(root, "list", "-f", "{{.Module.GoVersion}}\n{{.DefaultGODEBUG}}", "./lessons/02-req-rep/client")
	if err != nil {
		return nil, err
	}
	version, err := goCommand(root, "env", "GOVERSION")
	if err != nil {
		return nil, err
	}
	language, godebug, _ := strings.Cut(said, "\n")
	type described struct {
		asset
		Name       string   `json:"name"`
		Importable []string `json:"importable"`
		Further    []string `json:"further"`
		Members    []any    `json:"members"` // names and sizes, alternating
	}
	var groups []described
	for _, g := range all {
		d := described{assets[g.name], g.name, strings.Fields(g.importable), strings.Fields(g.further), nil}
		for _, p := range g.packages {
			info, err := os.Stat(p.Export)
			if err != nil {
				return nil, err
			}
			d.Members = append(d.Members, p.ImportPath, info.Size())
		}
		groups = append(groups, d)
	}
	text, err := json.Marshal(map[string]any{
		"version": version, "language": "go" + language, "godebug": godebug, "tools": assets["tools"], "groups": groups, "sources": sources,
	})
	return fmt.Appendf(nil, "export default %s\n", text), err
}

// list compiles the groups' packages, with the overlay that a page needs, and
// returns the licenses of all of them.
func list(root string, all []*group) (licenses []byte, err error) {
	goroot, err := goFolder()
	if err != nil {
		return nil, err
	}
	layer := map[string]string{}
	if err := addToGo(layer, goroot, filepath.Join(root, "internal/browser")); err != nil {
		return nil, err
	}
	work, flags, err := buildFlags(layer, root)
	defer os.RemoveAll(work)
	if err != nil {
		return nil, err
	}
	args := append([]string{"list", "-export", "-deps", "-json=ImportPath,BuildID,Export,Deps,Module"}, flags...)
	for _, g := range all {
		args = append(args, strings.Fields(g.importable+" "+g.further)...)
	}
	out, err := goCommand(root, args...)
	if err != nil {
		return nil, err
	}
	had := map[string]bool{"unsafe": true} // the compiler's own
	modules := map[string]string{"Go": goroot}
	var packages []goPackage
	for d := json.NewDecoder(strings.NewReader(out)); d.More(); {
		var p goPackage
		if err := d.Decode(&p); err != nil {
			return nil, err
		}
		packages = append(packages, p)
		if m := p.Module; m != nil && m.Version != "" && m.Replace == nil {
			modules[m.Path+" "+m.Version] = m.Dir
		}
	}
	for _, g := range all {
		wanted := strings.Fields(g.importable + " " + g.further)
		for _, p := range packages {
			if slices.Contains(wanted, p.ImportPath) {
				wanted = append(wanted, p.Deps...)
			}
		}
		for _, p := range packages {
			if !had[p.ImportPath] && slices.Contains(wanted, p.ImportPath) {
				had[p.ImportPath] = true
				g.packages = append(g.packages, p)
			}
		}
	}
	return licensesOf(modules)
}

// licensesOf returns the licenses of modules, given their names and folders.
func licensesOf(modules map[string]string) ([]byte, error) {
	var all []byte
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		text, err := os.ReadFile(filepath.Join(modules[name], "LICENSE"))
		if err != nil {
			return nil, err
		}
		all = fmt.Appendf(all, "%s\n\n%s\n\n", name, text)
	}
	return all, nil
}

// packed returns a group's file: the concatenated files of its packages.
func (g *group) packed(level string) ([]byte, error) {
	var key []string
	for _, p := range g.packages {
		key = append(key, p.BuildID)
	}
	return packed(level, fmt.Sprint(g.name, key), func() (all []byte, err error) {
		for _, p := range g.packages {
			data, err := os.ReadFile(p.Export)
			if err != nil {
				return nil, err
			}
			all = append(all, data...)
		}
		return all, nil
	})
}

// A source is a file of a program. A page that has kept a reader's version compares
// hashes to find out whether the original has changed since.
type source struct {
	Text string `json:"text"`
	Hash string `json:"hash"`
}

// programSources returns the files of the lessons' programs, keyed by folder and
// name.
func programSources(root string) (map[string]map[string]source, error) {
	all := map[string]map[string]source{}
	names, _, err := importablePrograms(root, nil)
	for _, name := range names {
		dir := "lessons/" + name
		if all[dir], err = goSources(filepath.Join(root, dir)); err != nil {
			return nil, err
		}
		maps.DeleteFunc(all[dir], func(file string, _ source) bool { return strings.HasSuffix(file, "_test.go") })
	}
	return all, err
}

// goSources returns the files of a package, by their names.
func goSources(dir string) (map[string]source, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	all := map[string]source{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		all[filepath.Base(file)] = source{string(text), fmt.Sprintf("%.4x", sha256.Sum256(text))}
	}
	return all, err
}

// gzipped is the level of files that are compressed with gzip instead of zstd.
const gzipped = "gzip"

// available returns a level of zstd, or gzipped where the command is missing.
func available(level string) string {
	if _, err := exec.LookPath("zstd"); err != nil {
		log.Print("without the command zstd, what the pages compile with is half as large again")
		return gzipped
	}
	return level
}

// packed returns the result of a function, compressed. It is cached under a key that
// describes the inputs.
func packed(level, key string, f func() ([]byte, error)) ([]byte, error) {
	folder, err := cacheFolder()
	if err != nil {
		return nil, err
	}
	return cached(folder, fmt.Sprint(key, level), func() ([]byte, error) {
		data, err := f()
		if err != nil || level == gzipped {
			return compress(data), err
		}
		// Go packages for zstd compress less than the command does.
		cmd := exec.Command("zstd", "-q", "-c", "--ultra", level, "--long=26", fmt.Sprint("--stream-size=", len(data)))
		cmd.Stdin = bytes.NewReader(data)
		return cmd.Output()
	})
}
