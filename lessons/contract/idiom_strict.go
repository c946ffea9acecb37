package main

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"

	"github.com/go-zeromq/zmq4"
)

// Strict is a REQ or REP socket that refuses every call out of turn, and every
// call after Close.
type Strict struct {
	zmq4.Socket
	mu     sync.Mutex
	send   bool // whether it is Send's turn
	closed atomic.Bool
}

// errState is the error that Strict returns where libzmq returns EFSM.
var errState = errors.New("operation cannot be accomplished in current state")

func NewStrict(s zmq4.Socket) *Strict {
	return &Strict{Socket: s, send: s.Type() == zmq4.Req}
}

func (s *Strict) Send(msg zmq4.Msg) error {
	return s.turn(true, func() error { return s.Socket.Send(msg) })
}

func (s *Strict) SendMulti(msg zmq4.Msg) error {
	return s.turn(true, func() error { return s.Socket.SendMulti(msg) })
}

func (s *Strict) Recv() (msg zmq4.Msg, err error) {
	err = s.turn(false, func() error {
		msg, err = s.Socket.Recv()
		return err
	})
	return msg, err
}

// turn makes the call unless it is out of turn or another call is running.
func (s *Strict) turn(send bool, call func() error) error {
	if !s.mu.TryLock() {
		return errState
	}
	defer s.mu.Unlock()
	if s.closed.Load() {
		return net.ErrClosed
	}
	if s.send != send {
		return errState
	}
	err := call()
	if err == nil {
		s.send = !send
	}
	return err
}

func (s *Strict) Listen(endpoint string) error {
	if s.closed.Load() {
		return net.ErrClosed
	}
	return s.Socket.Listen(endpoint)
}

func (s *Strict) Dial(endpoint string) error {
	if s.closed.Load() {
		return net.ErrClosed
	}
	return s.Socket.Dial(endpoint)
}

// Close closes the socket. Calling it again does nothing.
func (s *Strict) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	return s.Socket.Close()
}
