package main

import (
	"bytes"
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

// A server shows the site as it is in memory.
type server struct {
	root   string
	source string

	mu      sync.Mutex
	files   map[string][]byte
	err     error         // of the last build
	number  int           // of builds
	changed chan struct{} // closed when there is a newer build

	compiling sync.Mutex
	compiled  int // the build whose programs these are
	run       map[string][]byte
	runErr    error
}

func serve(root, source, address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("%w (choose another address with -address)", err)
	}
	s := newServer(root, source)
	fmt.Printf("http://%s/\n", listener.Addr())
	return http.Serve(listener, s)
}

// newServer builds the site, and does so again after each change.
func newServer(root, source string) *server {
	s := &server{root: root, source: source, changed: make(chan struct{})}
	before := stamp(os.DirFS(root))
	s.build()
	go func() {
		for range time.Tick(300 * time.Millisecond) {
			if now := stamp(os.DirFS(root)); now != before {
				before = now
				s.build()
			}
		}
	}()
	return s
}

func (s *server) build() {
	start := time.Now()
	files, err := build(os.DirFS(s.root), s.source)
	if err != nil {
		log.Print(err)
	} else {
		log.Printf("built in %d ms", time.Since(start).Milliseconds())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files, s.err = files, err
	s.number++
	close(s.changed)
	s.changed = make(chan struct{})
}

// programs compiles the lessons' programs when a page first asks for them after
// a change: that takes longer than all the rest.
func (s *server) programs(number int) (map[string][]byte, error) {
	s.compiling.Lock()
	defer s.compiling.Unlock()
	if s.compiled != number {
		s.run, s.runErr = programs(s.root, nil)
		s.compiled = number
	}
	return s.run, s.runErr
}

// stamp returns a text that is another after a file has changed.
func stamp(root fs.FS) string {
	var b strings.Builder
	fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if d.IsDir() && (name == "docs/site/public" || d.Name() == "node_modules" || d.Name() == ".git") {
			return fs.SkipDir
		}
		if info, err := d.Info(); err == nil && !d.IsDir() {
			fmt.Fprintln(&b, name, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
	return b.String()
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	files, err, number, changed := s.files, s.err, s.number, s.changed
	s.mu.Unlock()

	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" {
		name = "index.html"
	}
	reload := fmt.Sprintf("<script>fetch('/changed?since=%d').then(() => location.reload())</script>", number)
	data, ok := files[name]
	if name == "programs.js" || name == "wasm_exec.js" || name == "lessons.wasm.gz" {
		var run map[string][]byte
		run, err = s.programs(number)
		data, ok = run[name]
	}
	switch {
	case name == "changed": // answers when there is something new
		if r.FormValue("since") == fmt.Sprint(number) {
			select {
			case <-changed:
			case <-r.Context().Done():
			}
		}
	case err != nil && path.Ext(name) == ".html":
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, "<!doctype html><title>docs</title><pre>%s</pre>%s", escape(err.Error()), reload)
	case !ok && err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case !ok:
		http.NotFound(w, r)
	default:
		w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		w.Header().Set("Cache-Control", "no-store")
		if path.Ext(name) == ".html" {
			data = bytes.Replace(data, []byte("</body>"), []byte(reload+"</body>"), 1)
		}
		w.Write(data)
	}
}
