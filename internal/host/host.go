// Package host finds what the lessons' tests and programs need on the computer
// that they run on: a free endpoint, and a Python that has pyzmq.
package host

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
)

// Required reports whether the environment variable LESSONS_REQUIRE, a list
// with commas, has the name.
func Required(name string) bool {
	return slices.Contains(strings.Split(os.Getenv("LESSONS_REQUIRE"), ","), name)
}

// Python returns the first Python on this computer that has pyzmq and numpy,
// or "". The environment variable LESSONS_PYTHON may name the one to take, or
// none. Where LESSONS_REQUIRE names pyzmq, it is an error if there is none.
func Python() (path string, err error) {
	if path = python(); path == "" && Required("pyzmq") {
		err = errors.New("LESSONS_REQUIRE names pyzmq, but no python3 has zmq and numpy")
	}
	return path, err
}

var python = sync.OnceValue(func() string {
	if path := os.Getenv("LESSONS_PYTHON"); path != "" {
		return strings.TrimPrefix(path, "none")
	}
	for _, name := range []string{"python3", "/usr/bin/python3", "python"} {
		path, err := exec.LookPath(name)
		if err == nil && exec.Command(path, "-c", "import zmq, numpy").Run() == nil {
			return path
		}
	}
	return ""
})

var ports struct {
	sync.Mutex
	lock net.Listener // its port is the first of this process's block
	last int
}

// FreeEndpoint returns an endpoint on this computer that nobody else uses.
//
// It takes ports below those that systems give out by themselves. They come in
// blocks, and a block belongs to the process that listens on its first port.
func FreeEndpoint() string {
	const first, blocks, size = 20000, 50, 200
	ports.Lock()
	defer ports.Unlock()
	for i := 0; ports.lock == nil; i++ {
		if i == blocks {
			panic("host: all blocks of ports are taken")
		}
		ports.last = first + (os.Getpid()+i)%blocks*size
		ports.lock, _ = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", ports.last))
	}
	for range size {
		ports.last++
		if ports.last%size == 0 {
			ports.last -= size - 1
		}
		addr := fmt.Sprintf("127.0.0.1:%d", ports.last)
		if l, err := net.Listen("tcp", addr); err == nil {
			l.Close()
			return "tcp://" + addr
		}
	}
	panic("host: all ports of the block are taken")
}
