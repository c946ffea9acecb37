package guard

import (
	"fmt"
	"maps"
	"net"
	"sync"
	"time"
)

// How long a peer keeps its slot while others wait for one.
const (
	timeToAsk      = time.Second           // after its handshake
	timeToAskAgain = 50 * time.Millisecond // after a reply, plus the time its handshake took
	timeBetween    = time.Second           // while it asks again and again
	longIdle       = 10 * time.Second
)

// peers are the connections of a listener. They share its MaxConns slots, and
// decide who is evicted when others wait for a slot.
type peers struct {
	limits *Limits

	mu      sync.Mutex
	all     map[*peer]bool
	waiting int // how many peers are in the state waiting
	retry   *time.Timer
	closed  bool
}

// A peer is one connection of a listener, and what the peer has done so far.
type peer struct {
	conn      *conn
	state     state
	decided   chan struct{} // closed when the peer gets a slot, or its connection ends
	pending   int           // requests without a reply
	handshake time.Duration // how long it took
	placed    time.Time     // when it got its slot
	since     time.Time     // when it changed its state, asked, or was answered
	idle      *time.Timer
}

// The states of a peer.
type state int

const (
	shakingHands state = iota
	waiting            // for a slot
	placed             // has not been answered
	answered
)

func newPeers(limits *Limits) *peers {
	s := &peers{limits: limits, all: map[*peer]bool{}}
	s.retry = time.AfterFunc(time.Hour, func() { s.assign(nil) })
	s.retry.Stop()
	return s
}

// add adds a connection. If MaxConns others have no slot yet, one of them is
// evicted. It loses nothing, because it has not sent a request.
func (s *peers) add(c *conn) *peer {
	p := &peer{conn: c, decided: make(chan struct{}), since: time.Now()}
	p.idle = time.AfterFunc(s.limits.IdleTimeout, func() { s.endIdle(p) })
	c.events.request = func() { s.asked(p) }
	c.events.replies = func(n int) { s.replied(p, n) }
	c.events.end = func() { s.remove(p) }
	s.mu.Lock()
	first, n := s.first(func(p *peer) bool { return p.state < placed })
	if n < s.limits.MaxConns {
		first = nil
	}
	s.forget(first)
	s.all[p] = true
	closed := s.closed
	s.mu.Unlock()
	if closed {
		c.fail(net.ErrClosed)
	}
	s.evict(first)
	return p
}

// admit waits until a peer that has sent its handshake gets a slot.
func (s *peers) admit(p *peer) error {
	s.mu.Lock()
	if s.all[p] {
		p.handshake = time.Since(p.since)
		p.state, p.since = waiting, time.Now()
		s.waiting++
	}
	s.mu.Unlock()
	s.assign(nil)
	select {
	case <-p.decided:
	case <-time.After(s.limits.HandshakeTimeout):
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !s.all[p]:
		return net.ErrClosed
	case p.state < placed:
		return exceeds("MaxConns", fmt.Errorf("was refused because all peers are busy: MaxConns is %d", s.limits.MaxConns))
	}
	return nil
}

// assign gives slots to peers that wait, oldest first, and evicts others to
// make room. One peer may have just been answered.
func (s *peers) assign(justAnswered *peer) {
	var evicted []*peer
	s.mu.Lock()
	for s.waiting > 0 {
		if _, n := s.first(func(p *peer) bool { return p.state >= placed }); n >= s.limits.MaxConns {
			first := s.evictable(justAnswered)
			if first == nil {
				s.retry.Reset(10 * time.Millisecond)
				break
			}
			if !shutdownIfIdle(first.conn.out.raw) { // its request has just arrived
				first.since, justAnswered = time.Now(), nil
				continue
			}
			s.forget(first)
			evicted = append(evicted, first)
		}
		p, _ := s.first(func(p *peer) bool { return p.state == waiting })
		p.state, p.placed, p.since = placed, time.Now(), time.Now()
		s.waiting--
		close(p.decided)
	}
	s.mu.Unlock()
	s.evict(evicted...)
}

// evictable returns the peer to evict for one that waits, or nil. It must be
// unlikely to have a request on the way, which would be lost.
func (s *peers) evictable(justAnswered *peer) *peer {
	_, strangers := s.first(func(p *peer) bool { return p.state == placed })
	first, _ := s.first(func(p *peer) bool {
		if p.pending > 0 || !p.conn.in.wire.idle.Load() {
			return false
		}
		if p.state == placed {
			return time.Since(p.since) >= timeToAsk
		}
		// Peers that never asked take no more than half of the slots.
		return p.state == answered && strangers < max(1, s.limits.MaxConns/2) &&
			(time.Since(p.since) >= timeToAskAgain+p.handshake || p == justAnswered && time.Since(p.placed) >= timeBetween)
	})
	return first
}

// first returns the peer of a kind that should be evicted before the others of
// its kind, and how many of the kind there are.
func (s *peers) first(kind func(*peer) bool) (first *peer, n int) {
	for p := range s.all {
		if kind(p) {
			n++
			if first == nil || p.before(first) {
				first = p
			}
		}
	}
	return first, n
}

// before reports whether to evict p before q: a peer that was never answered
// before one that was, and otherwise the one that has been idle for longer. But
// if both were answered in the last seconds, it is the one that was answered
// last, because the other one is more likely to ask right now.
func (p *peer) before(q *peer) bool {
	recent := time.Now().Add(-longIdle)
	switch {
	case (p.state == answered) != (q.state == answered):
		return q.state == answered
	case p.state == answered && p.since.After(recent) && q.since.After(recent):
		return p.since.After(q.since)
	default:
		return p.since.Before(q.since)
	}
}

// evict ends the connections of peers that have been forgotten.
func (s *peers) evict(peers ...*peer) {
	for _, p := range peers {
		if p != nil {
			p.conn.fail(exceeds("MaxConns", fmt.Errorf("was evicted for another peer: MaxConns is %d", s.limits.MaxConns)))
		}
	}
}

// evictOne ends a connection to free a file descriptor. It reports whether there
// was a connection without a pending request.
func (s *peers) evictOne(why error) bool {
	s.mu.Lock()
	first, _ := s.first(func(p *peer) bool { return p.pending == 0 })
	s.forget(first)
	s.mu.Unlock()
	if first != nil {
		first.conn.fail(fmt.Errorf("was evicted for another peer: %w", why))
	}
	return first != nil
}

// asked notes a request.
func (s *peers) asked(p *peer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.pending++
	p.since = time.Now()
}

// replied notes that n replies have been written.
func (s *peers) replied(p *peer, n int) {
	s.mu.Lock()
	p.pending, p.since, p.state = max(0, p.pending-n), time.Now(), answered
	crowded := s.waiting > 0
	s.mu.Unlock()
	if crowded {
		s.assign(p)
	}
}

// endIdle ends a connection that has been idle for IdleTimeout.
func (s *peers) endIdle(p *peer) {
	s.mu.Lock()
	rest := s.limits.IdleTimeout - time.Since(p.since)
	if p.pending > 0 || p.state < placed {
		rest = s.limits.IdleTimeout
	}
	if rest > 0 && s.all[p] {
		p.idle.Reset(rest)
	}
	s.mu.Unlock()
	if rest <= 0 {
		p.conn.fail(exceeds("IdleTimeout", fmt.Errorf("sent no request for IdleTimeout, %v", s.limits.IdleTimeout)))
	}
}

// remove forgets a peer whose connection has ended.
func (s *peers) remove(p *peer) {
	s.mu.Lock()
	s.forget(p)
	if p.state < placed {
		close(p.decided)
	}
	s.mu.Unlock()
	s.assign(nil)
}

func (s *peers) forget(p *peer) {
	if p == nil || !s.all[p] {
		return
	}
	delete(s.all, p)
	p.idle.Stop()
	if p.state == waiting {
		s.waiting--
	}
}

// busy reports whether a reply is pending or being written.
func (s *peers) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := range s.all {
		if p.pending > 0 || p.conn.out.writing.Load() {
			return true
		}
	}
	return false
}

// close ends all connections.
func (s *peers) close() {
	s.mu.Lock()
	s.closed = true
	all := maps.Clone(s.all)
	s.mu.Unlock()
	for p := range all {
		p.conn.fail(net.ErrClosed)
	}
}
