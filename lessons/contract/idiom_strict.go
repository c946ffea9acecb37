package main

import (
	"errors"
	"sync"

	"github.com/go-zeromq/zmq4"
)

// errState says what libzmq says with EFSM.
var errState = errors.New("operation cannot be accomplished in current state")

// Strict is a REQ or REP socket that takes no call out of turn.
type Strict struct {
	zmq4.Socket
	mu   sync.Mutex
	send bool // it is Send's turn
}

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

// turn makes a call if it is its turn and no other call is under way.
func (s *Strict) turn(send bool, call func() error) error {
	if !s.mu.TryLock() {
		return errState
	}
	defer s.mu.Unlock()
	if s.send != send {
		return errState
	}
	err := call()
	if err == nil {
		s.send = !send
	}
	return err
}
