// Docs makes the tutorial's web site from the lessons' pages, and serves it
// while you write.
//
//	go run -C docs/site . build    write the site to docs/site/public
//	go run -C docs/site . serve    serve it on this computer, and build it again after a change
package main

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

const usage = `Usage:

	go run -C docs/site . build [-source URL] [-edit URL] [-url URL] [-o FOLDER] [-zstd LEVEL]
	go run -C docs/site . serve [-source URL] [-address HOST:PORT]

`

func main() {
	log.SetFlags(0)
	log.SetPrefix("docs: ")
	flags := flag.NewFlagSet("docs", flag.ExitOnError)
	var at addresses
	flags.StringVar(&at.source, "source", "", "`URL` in front of a file's path, for links to files: https://github.com/OWNER/NAME/blob/main/")
	flags.StringVar(&at.edit, "edit", "", "the same `URL` for links to edit a page: https://github.com/OWNER/NAME/edit/main/")
	flags.StringVar(&at.url, "url", "", "`URL` that the site will have, for search engines: https://OWNER.github.io/NAME/")
	root := flags.String("root", "../..", "`folder` of the repository")
	out := flags.String("o", "public", "build: the `folder` to write to")
	level := flags.String("zstd", "-19", "`level` of zstd with which build packs Go's compiler for the pages: -3 is quick, none leaves it out")
	address := flags.String("address", "127.0.0.1:8080", "serve: the `address` to listen on")
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	if len(os.Args) < 2 {
		flags.Usage()
		os.Exit(2)
	}
	flags.Parse(os.Args[2:])

	var err error
	switch {
	case flags.NArg() > 0:
		flags.Usage()
		os.Exit(2)
	case os.Args[1] == "build":
		var files map[string][]byte
		if files, err = buildAll(*root, at, nil); err == nil {
			if err := addEditor(files, *root, *level); err != nil {
				log.Printf("the pages cannot edit programs: %v", err)
			}
			err = write(*out, hashed(files))
		}
		if err == nil {
			fmt.Printf("%d files in %s\n", len(files), *out)
		}
	case os.Args[1] == "serve":
		err = serve(*root, at, *address)
	default:
		flags.Usage()
		os.Exit(2)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// buildAll makes the site's files, and those that its pages run.
func buildAll(root string, at addresses, further map[string]string) (map[string][]byte, error) {
	var run map[string][]byte
	var runErr error
	var wait sync.WaitGroup
	wait.Go(func() { run, runErr = programs(root, further) })
	files, err := build(os.DirFS(root), at)
	if wait.Wait(); err != nil {
		return nil, err
	}
	maps.Copy(files, run)
	return files, runErr
}

// addEditor adds what the pages need to edit programs.
func addEditor(files map[string][]byte, root, level string) error {
	if level == "none" {
		return nil
	}
	more, err := editor(root, level)
	if err != nil {
		return err
	}
	maps.Copy(files, more)
	offerEditor(files)
	return nil
}

// offerEditor makes the pages of a site that has editor's files offer what needs them.
func offerEditor(files map[string][]byte) {
	files["site.js"] = bytes.Replace(files["site.js"], []byte("const editable = false\n"), []byte("const editable = true\n"), 1)
}

var ofPages = regexp.MustCompile(`((?:href|src)="(?:[^"]*/)?)((?:style\.css|theme\.js|site\.js|icon\.svg)")`)

// hashed returns the site with its scripts and styles in a folder that is named by a
// hash of them: so a browser that has kept those of an older site does not mix them
// with a new one's. What is large is named by a hash of its own, and stays.
func hashed(files map[string][]byte) map[string][]byte {
	hash := sha256.New()
	isPart := func(name string) bool {
		return !strings.Contains(name, "/") && slices.Contains([]string{".js", ".css", ".svg"}, path.Ext(name))
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if isPart(name) {
			fmt.Fprintf(hash, "%s %d\n%s", name, len(files[name]), files[name])
		}
	}
	folder := fmt.Sprintf("assets-%.4x/", hash.Sum(nil))
	all := map[string][]byte{}
	for name, data := range files {
		switch {
		case isPart(name):
			name = folder + name
		case path.Ext(name) == ".html":
			data = ofPages.ReplaceAll(data, []byte("${1}"+folder+"${2}"))
		}
		all[name] = data
	}
	return all
}

// mark is a file in each folder that write has made: it may be replaced.
const mark = "made-by-docs-build"

// write replaces a folder by one that holds these files and no other.
func write(dir string, files map[string][]byte) error {
	if _, err := os.Stat(filepath.Join(dir, mark)); err == nil {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	} else if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		return fmt.Errorf("%s has no file %s, so it may hold something else than a site", dir, mark)
	}
	files = maps.Clone(files)
	files[mark] = nil
	for name, data := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
