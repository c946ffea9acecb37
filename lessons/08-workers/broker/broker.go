package main

import (
	"errors"
	"fmt"
	"log"
	"slices"
	"time"

	"github.com/go-zeromq/zmq4"
)

// A broker decides which worker gets which request. One goroutine calls its
// methods, and it sends through two functions, so its tests need no sockets.
type broker struct {
	queue     int           // how many requests may wait
	deadline  time.Duration // for a worker to be free, and for its answer
	heartbeat time.Duration // how long a worker may be idle before it is sent a ping
	tries     int           // how many workers may get the same request
	toClient  func(zmq4.Msg) error
	toWorker  func(zmq4.Msg) error

	waiting  []*request // the oldest first
	workers  []*worker  // the one that has been idle the longest first
	closing  bool
	requests int // how many there have been
	readies  int // how many workers there have been
}

// A request waits for a worker, or a worker has it.
type request struct {
	number   int
	envelope [][]byte // says where the reply goes
	body     [][]byte
	tries    int
	due      time.Time // when it has waited too long
}

// A worker has a request, or has been sent a ping, or is idle.
type worker struct {
	number  int
	id      string
	request *request
	pinged  bool
	due     time.Time // for its answer or, if it is idle, for a ping
}

// fromClient handles a request from a client.
func (b *broker) fromClient(msg zmq4.Msg) {
	envelope, body, err := cut(msg.Frames)
	if err != nil {
		log.Printf("bad message from a client: %v", err)
		return
	}
	b.requests++
	r := &request{number: b.requests, envelope: envelope, body: body, due: time.Now().Add(b.deadline)}
	b.waiting = append(b.waiting, r)
	b.dispatch()
	switch n := len(b.waiting); {
	case b.closing:
		b.refuse(n-1, "the broker is closing")
	case n > b.queue:
		b.refuse(n-1, "the queue is full")
	case n == 1 && len(b.workers) == 0:
		log.Printf("request %d waits: no worker is ready", r.number)
	}
}

// fromWorker handles "ready" or "bye" from a worker, followed by the reply to its
// request, if it has one.
func (b *broker) fromWorker(msg zmq4.Msg) {
	envelope, body, err := cut(msg.Frames)
	if err != nil {
		log.Printf("bad message from a worker: %v", err)
		return
	}
	command, reply := "", body
	if len(body) > 0 {
		command, reply = string(body[0]), body[1:]
	}
	if command != "ready" && command != "bye" {
		log.Printf("bad message from a worker: neither ready nor bye: %.50q", command)
		b.send(b.toWorker, envelope, []byte("error: this endpoint is for workers"))
		return
	}

	i := slices.IndexFunc(b.workers, func(w *worker) bool { return w.id == string(envelope[0]) })
	if i < 0 {
		// A new worker, or one that the broker gave up on, whose reply would be
		// too late.
		if command == "bye" {
			b.send(b.toWorker, envelope, []byte("bye"))
			return
		}
		b.readies++
		fmt.Printf("worker %d is ready\n", b.readies)
		b.workers = append(b.workers, &worker{number: b.readies, id: string(envelope[0])})
		i = len(b.workers) - 1
	}
	w := b.workers[i]
	if r := w.request; r != nil {
		w.request = nil
		// It has been idle the shortest, so it goes to the end.
		b.workers = append(slices.Delete(b.workers, i, i+1), w)
		if len(reply) > 0 {
			b.send(b.toClient, r.envelope, reply...)
		} else {
			b.lost(r, "the worker started again")
		}
	}
	w.pinged, w.due = false, time.Now().Add(b.heartbeat)
	if command == "bye" {
		fmt.Printf("worker %d has left\n", w.number)
		b.remove(w)
		b.send(b.toWorker, envelope, []byte("bye"))
	}
	b.dispatch()
}

// tick refuses requests that have waited too long, pings idle workers, and gives
// up on workers that did not answer in time.
func (b *broker) tick() {
	for i := 0; i < len(b.waiting); {
		if time.Now().Before(b.waiting[i].due) {
			i++
		} else {
			b.refuse(i, fmt.Sprintf("no worker was free within %v", b.deadline))
		}
	}
	for _, w := range slices.Clone(b.workers) {
		switch {
		case time.Now().Before(w.due):
		case w.request == nil && !w.pinged:
			w.pinged, w.due = true, time.Now().Add(b.deadline)
			b.send(b.toWorker, w.envelope(), []byte("ping"))
		default:
			log.Printf("worker %d is gone: no answer within %v", w.number, b.deadline)
			b.remove(w)
			if w.request != nil {
				b.lost(w.request, fmt.Sprintf("no reply from a worker within %v", b.deadline))
			}
		}
	}
	b.dispatch()
}

// close refuses all requests that no worker has.
func (b *broker) close() {
	b.closing = true
	for len(b.waiting) > 0 {
		b.refuse(0, "the broker is closing")
	}
}

// done reports whether the broker is closing and no worker has a request.
func (b *broker) done() bool {
	return b.closing && !slices.ContainsFunc(b.workers, func(w *worker) bool { return w.request != nil })
}

// dispatch gives waiting requests to idle workers.
func (b *broker) dispatch() {
	for !b.closing && len(b.waiting) > 0 {
		i := slices.IndexFunc(b.workers, func(w *worker) bool { return w.request == nil && !w.pinged })
		if i < 0 {
			return
		}
		w, r := b.workers[i], b.waiting[0]
		b.waiting = b.waiting[1:]
		r.tries++
		w.request, w.due = r, time.Now().Add(b.deadline)
		fmt.Printf("request %d goes to worker %d\n", r.number, w.number)
		b.send(b.toWorker, w.envelope(), append([][]byte{[]byte("request")}, r.body...)...)
	}
}

// lost is called when a worker will not reply to its request. It gives the
// request to another worker if the request may be repeated.
func (b *broker) lost(r *request, why string) {
	r.due = time.Now().Add(b.deadline)
	b.waiting = slices.Insert(b.waiting, 0, r)
	if b.closing || r.tries >= b.tries {
		b.refuse(0, why)
	}
}

// refuse sends a waiting request's client an error instead of a reply.
func (b *broker) refuse(i int, why string) {
	b.send(b.toClient, b.waiting[i].envelope, []byte("error: "+why))
	b.waiting = slices.Delete(b.waiting, i, i+1)
}

func (b *broker) remove(w *worker) {
	b.workers = slices.DeleteFunc(b.workers, func(other *worker) bool { return other == w })
}

// envelope returns what a message to the worker begins with.
func (w *worker) envelope() [][]byte { return [][]byte{[]byte(w.id), nil} }

func (b *broker) send(to func(zmq4.Msg) error, envelope [][]byte, frames ...[]byte) {
	if err := to(zmq4.NewMsgFrom(slices.Concat(envelope, frames)...)); err != nil {
		log.Printf("cannot send: %v", err)
	}
}

// cut splits a ROUTER's message after its envelope, which begins with the peer's
// identity and ends with an empty frame.
func cut(frames [][]byte) (envelope, body [][]byte, err error) {
	i := slices.IndexFunc(frames, func(frame []byte) bool { return len(frame) == 0 })
	if i < 1 {
		return nil, nil, errors.New("it has no delimiter")
	}
	return frames[:i+1], frames[i+1:], nil
}
