package main

import (
	"strings"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/lessons/07-strangers/guard"
)

func repPeers() string { return peers(zmq4.NewRep) }

func repBidirectional() string {
	rep := zmq4.NewRep(bg)
	dealer := dial(zmq4.NewDealer(bg), listen(rep))
	send(dealer, "", "request")
	request := recv(rep)
	send(rep, "reply")
	return request + " in, " + recv(dealer) + " out"
}

func repAlternates() string {
	rep := zmq4.NewRep(bg)
	return repOutOfTurn(rep, listen(rep))
}

func repAlternatesIdiom() string {
	rep := NewStrict(zmq4.NewRep(bg))
	return repOutOfTurn(rep, listen(rep))
}

// repOutOfTurn makes calls out of turn and lists those that are not refused.
func repOutOfTurn(rep zmq4.Socket, endpoint string) string {
	dealer := dial(zmq4.NewDealer(bg), endpoint)
	send(dealer, "", "1")
	send(dealer, "", "2")
	var allowed []string
	if rep.Send(zmq4.NewMsgString("to whom?")) == nil {
		allowed = append(allowed, "sends first")
	}
	recv(rep)
	if _, err := rep.Recv(); err == nil {
		allowed = append(allowed, "receives twice")
	}
	send(rep, "reply")
	if rep.Send(zmq4.NewMsgString("one more")) == nil {
		allowed = append(allowed, "sends twice")
	}
	return orRefused(allowed)
}

func repFairQueued() string {
	const runs = 20
	for range runs {
		rep := zmq4.NewRep(bg)
		flood(listen(rep))
		var order string
		for len(order) < 25 {
			order += recv(rep)
			send(rep, "")
		}
		if strings.Index(order, "B") >= 10 {
			return "10 of one client first, in some of 20 runs"
		}
	}
	return "one of each in turn"
}

func repFairQueuedIdiom() string {
	router := zmq4.NewRouter(bg)
	flood(listen(router))
	in := make(chan zmq4.Msg)
	requests := fair(bg, in)
	for range 25 {
		in <- must(router.Recv()) // a service does this in the background
	}
	var order string
	for len(order) < 25 {
		msg := <-requests
		order += string(msg.Bytes()[len(msg.Frames[0]):])
	}
	if strings.Contains(order, "ABABABABA") {
		return "one of each in turn"
	}
	return order
}

// flood sends 20 requests of a client A, and then 5 of a client B.
func flood(endpoint string) {
	a, b := dial(zmq4.NewDealer(bg), endpoint), dial(zmq4.NewDealer(bg), endpoint)
	for range 20 {
		send(a, "", "A")
	}
	for range 5 {
		send(b, "", "B")
	}
}

func repLastPeer() string {
	rep := zmq4.NewRep(bg)
	endpoint := listen(rep)
	first, second := dial(zmq4.NewReq(bg), endpoint), dial(zmq4.NewReq(bg), endpoint)
	for range 10 {
		send(first, "1")
		send(second, "2")
		for range 2 {
			send(rep, "reply to "+recv(rep))
		}
		if recv(first) != "reply to 1" || recv(second) != "reply to 2" {
			return "mixed up"
		}
	}
	return "each its own"
}

func repDiscards() string {
	rep, gone := pair()
	send(gone, "nobody waits for the reply")
	recv(rep)
	gone.Close()
	if err := rep.Send(zmq4.NewMsgString("reply")); err != nil {
		return "error"
	}
	next := dial(zmq4.NewReq(bg), "tcp://"+rep.Addr().String())
	send(next, "request")
	send(rep, recv(rep))
	return "no error, and the next " + recv(next) + " is answered"
}

func repNeverBlocks() string {
	return unread("tcp", 4*soon)
}

func repNeverBlocksIdiom() string {
	check(guard.Register("guard", guard.Limits{}))
	return unread("guard", patience)
}

// unread lets a client ask for a reply that does not fit into the system's
// buffers, and never read it. Then another client asks, and waits so long.
func unread(scheme string, enough time.Duration) string {
	rep := zmq4.NewRep(bg)
	check(rep.Listen(scheme + "://127.0.0.1:0"))
	endpoint := "tcp://" + rep.Addr().String()
	send(dial(zmq4.NewReq(bg), endpoint), "a long reply")
	recv(rep)
	send(rep, strings.Repeat("x", 64<<20))
	go func() {
		for {
			send(rep, recv(rep))
		}
	}()
	waits, _ := blocks(enough, func() error {
		exchange(dial(zmq4.NewReq(bg), endpoint), "next")
		return nil
	})
	if waits {
		return "the next waits"
	}
	return "the next is answered"
}
