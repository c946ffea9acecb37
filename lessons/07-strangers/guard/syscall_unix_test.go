//go:build unix

package guard

import (
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

// A peer whose request has arrived is not evicted, although it has not been read.
func TestShutdownIfIdle(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	peer := connect(t, l.Addr().String(), "x")
	raw, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c := newConn(raw, &Limits{MaxConns: 1, IdleTimeout: testPatience, Report: func(error) {}}, "REQ")
	s := newPeers(c.limits)
	p := s.add(c)
	defer c.Close()
	c.out.raw.Read(func(fd uintptr) bool { // wait until it arrives
		n, _, _ := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK)
		return n > 0
	})

	// It has had its slot for too long, and another peer waits.
	other, _ := pipe(t, *c.limits)
	p.state = placed
	s.add(other).state = waiting
	s.waiting = 1
	evictable := func() {
		s.mu.Lock()
		p.since = time.Now().Add(-timeToAsk)
		c.in.wire.idle.Store(true)
		s.mu.Unlock()
		s.assign(nil)
	}
	evictable()
	if c.ended.Load() {
		t.Fatal("it was evicted")
	}
	if _, err := io.ReadFull(raw, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	evictable()
	if !c.ended.Load() {
		t.Error("it was not evicted, although nothing has arrived")
	}
	peer.ends()
}
