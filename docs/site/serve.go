package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"log"
	"mime"
	"net"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"
	"time"
)

// A server serves the site from the current files: the first request after a
// change builds the site again. Each page asks every second whether there was a
// change.
type server struct {
	root string
	at   addresses

	mu       sync.Mutex
	stamp    string // of the files that the site was built from
	files    map[string][]byte
	err      error
	editor   func() (map[string][]byte, error) // so are the files that edit programs
	programs func() (map[string][]byte, error) // compiled when a page first asks for them
}

func serve(root string, at addresses, address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("%w (choose another address with -address)", err)
	}
	fmt.Printf("http://%s/\n", listener.Addr())
	return http.Serve(listener, &server{root: root, at: at})
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := stamp(os.DirFS(s.root))
	if r.URL.Path == "/stamp" {
		fmt.Fprint(w, now)
		return
	}
	if now != s.stamp {
		s.build(now)
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" {
		name = "index.html"
	}
	data, err := s.files[name], s.err
	var files map[string][]byte
	switch {
	case name == "programs.js" || name == "wasm_exec.js" || name == "lessons.wasm.gz":
		files, err = s.programs()
		data = files[name]
	case name == "toolchain.js" || name == "exercises.js" || name == "licenses.txt" || path.Ext(name) == ".bin":
		files, err = s.editor()
		data = files[name]
	case name == "reload.js":
		err = nil // the page of a mistake reloads, too
		data = fmt.Appendf(nil, "setInterval(async () => { if (await (await fetch('/stamp')).text() !== '%s') location.reload() }, 1000)\n", s.stamp)
	}
	const reload = `<script src="/reload.js"></script>`
	switch {
	case err != nil && path.Ext(name) == ".js": // the page shows it
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, "this computer cannot build what the page needs: %s", strings.TrimSpace(err.Error()))
	case err != nil:
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, "<!doctype html><title>docs</title><pre>%s</pre>%s", escape(err.Error()), reload)
	case data == nil:
		w.WriteHeader(http.StatusNotFound)
		w.Write(s.files[notFound])
	default:
		w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		w.Header().Set("Cache-Control", "no-store")
		w.Write(bytes.Replace(data, []byte("</body>"), []byte(reload+"</body>"), 1))
	}
}

func (s *server) build(stamp string) {
	start := time.Now()
	s.stamp = stamp
	s.files, s.err = build(os.DirFS(s.root), s.at)
	s.programs = sync.OnceValues(func() (map[string][]byte, error) { return programs(s.root, nil) })
	s.editor = sync.OnceValues(func() (map[string][]byte, error) { return editor(s.root, "-3") })
	if s.err != nil {
		log.Print(s.err)
		return
	}
	offerEditor(s.files)
	log.Printf("built in %d ms", time.Since(start).Milliseconds())
}

// stamp returns a text that changes when a file does.
func stamp(root fs.FS) string {
	hash := sha256.New()
	fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil: // it was removed in the meantime
		case d.Name() == "public" || d.Name() == "node_modules" || d.Name() == ".git":
			return fs.SkipDir
		case !d.IsDir():
			if info, err := d.Info(); err == nil {
				fmt.Fprintln(hash, name, info.Size(), info.ModTime().UnixNano())
			}
		}
		return nil
	})
	return fmt.Sprintf("%x", hash.Sum(nil))
}
