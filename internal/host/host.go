// Package host finds what the lessons' tests and programs need on the computer
// that they run on: a free endpoint, and a Python that has pyzmq.
package host

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// Required reports whether the environment variable LESSONS_REQUIRE, a list
// separated by commas, contains the name.
func Required(name string) bool {
	return slices.Contains(strings.Split(os.Getenv("LESSONS_REQUIRE"), ","), name)
}

// Python returns the path of the first Python on this computer that has pyzmq and
// numpy, or "". The environment variable LESSONS_PYTHON can name the Python to
// use, or be none. If there is no such Python and LESSONS_REQUIRE contains pyzmq,
// Python returns an error.
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
	// It takes much less time to find numpy than to import it.
	const find = "from importlib.util import find_spec as f; exit(not (f('zmq') and f('numpy')))"
	names := []string{"python3", "/usr/bin/python3", "python"}
	if runtime.GOOS == "linux" && os.Getenv("VIRTUAL_ENV") == "" {
		names[0], names[1] = names[1], names[0] // Debian's starts faster than a version manager's
	}
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err == nil && exec.Command(path, "-c", find).Run() == nil {
			return path
		}
	}
	return ""
})

var ports = pool{first: 20000, blocks: 50, size: 200}

// FreeEndpoint returns a tcp endpoint on this computer where no program listens.
// No other process gets the same endpoint from FreeEndpoint, as long as at most 50
// processes call it.
func FreeEndpoint() string { return ports.endpoint() }

// A pool is a range of ports below those that systems assign automatically. It is
// divided into blocks, and a block belongs to the process that listens on its
// first port. If all blocks are taken, a process uses the ports of all of them.
type pool struct {
	first, blocks, size int

	mu    sync.Mutex
	lock  net.Listener // its port is the first of this process's block
	block []int        // the ports to return, the next one first
}

func (p *pool) endpoint() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	// Before it first starts or finds a process, Go on Linux clones this one as a
	// trial, without ForkLock. Let it do so before free relies on the lock.
	os.FindProcess(os.Getpid())
	for i := 0; p.block == nil && i < p.blocks; i++ {
		start := p.first + (os.Getpid()+i)%p.blocks*p.size
		var err error
		if p.lock, err = net.Listen("tcp", address(start)); err == nil {
			p.block = numbers(start+1, p.size-1)
		}
	}
	if p.block == nil {
		p.block = numbers(p.first, p.blocks*p.size)
		rand.Shuffle(len(p.block), func(i, j int) { p.block[i], p.block[j] = p.block[j], p.block[i] })
	}
	for range p.block {
		port := p.block[0]
		p.block = append(p.block[1:], port)
		if free(address(port)) {
			return "tcp://" + address(port)
		}
	}
	panic("host: no port is free")
}

func numbers(first, n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = first + i
	}
	return list
}

func address(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// free reports whether a program can listen at an address.
func free(address string) bool {
	// A process that is started in the meantime would inherit the listener, and
	// accept connections until it runs its program.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	l, err := net.Listen("tcp", address)
	if err == nil {
		l.Close()
	}
	return err == nil
}
