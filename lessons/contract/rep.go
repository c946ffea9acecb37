package main

import (
	"fmt"
	"strings"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/zmtptest"
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

func repAlternatesStrict() string {
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
			return "10 requests of one client first, in some of 20 runs"
		}
	}
	return "one of each in turn"
}

func repFairQueuedFair() string {
	router := zmq4.NewRouter(bg)
	flood(listen(router))
	in := make(chan zmq4.Msg)
	requests := fair(bg, in)
	for range 25 {
		in <- must(router.Recv()) // a service does this in the background
	}
	close(in)
	var order string
	for msg := range requests {
		_, body, _ := open(msg)
		order += string(body[0])
	}
	if len(order) == 25 && strings.Contains(order, "ABABABABA") {
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

func repLastPeer(s *service) string { return eachItsOwn(s, s.connect(), s.connect()) }

// repIdentity has two clients with the same identity, like two copies of one
// program.
func repIdentity(s *service) string {
	identity := zmq4.WithID(zmq4.SocketIdentity("meter"))
	return eachItsOwn(s, s.attach(zmq4.NewReq(bg, identity)), s.attach(zmq4.NewReq(bg, identity)))
}

func eachItsOwn(s *service, first, second zmq4.Socket) string {
	go func() {
		for {
			s.mustSend("reply to " + s.mustRecv())
		}
	}()
	for range 10 {
		send(first, "1")
		send(second, "2")
		if recv(first) != "reply to 1" || recv(second) != "reply to 2" {
			return "mixed up"
		}
	}
	return "each client gets its own"
}

func repDiscards(s *service) string {
	gone := s.connect()
	send(gone, "nobody waits for the reply")
	s.mustRecv()
	gone.Close()
	if err := s.send("reply"); err != nil {
		return "error"
	}
	next := s.connect()
	send(next, "request")
	s.mustSend(s.mustRecv())
	return "no error, and the next " + recv(next) + " is answered"
}

// repNeverBlocks has a client that asks for a reply that does not fit into the
// system's buffers, and never reads it. Then another client asks.
func repNeverBlocks(s *service) string {
	send(s.connect(), "a long reply")
	s.mustRecv()
	s.mustSend(strings.Repeat("x", 32<<20))
	go s.echo()
	next := background(func() (string, error) { return exchange(s.connect(), "next"), nil })
	if !next.returns(s.wait) {
		return "the next client waits"
	}
	return "the next client is answered"
}

// repHeartbeat receives a heartbeat before the request.
func repHeartbeat(s *service) string {
	client := s.raw()
	client.Write(zmtptest.Frame(zmtptest.Command, "\x04PING\x00\x00"))
	client.Write(zmtptest.Message("request"))
	request, err := s.recv()
	if err != nil {
		return "error from Recv"
	}
	s.mustSend("reply")
	_, body, err := client.ReadFrame()
	check(err)
	if !strings.HasPrefix(body, "\x04PONG") {
		return fmt.Sprintf("%q arrives, not answered", request)
	}
	return fmt.Sprintf("%q arrives, answered", request)
}

func repDelimiter(s *service) string { return afterNoRequest(s, "no delimiter") }

func repNoFrame(s *service) string { return afterNoRequest(s, "") }

// afterNoRequest sends a message that is not a request, and then a request. If
// the first message ends the connection, another client sends the request.
func afterNoRequest(s *service, frame string) string {
	dealer := s.attach(zmq4.NewDealer(bg))
	dealer.Send(zmq4.NewMsgString(frame))                       // an error if its first bytes end the connection
	dealer.Send(zmq4.NewMsgFromString([]string{"", "request"})) // or here
	go func() {
		if _, err := dealer.Recv(); err != nil {
			send(s.connect(), "request")
		}
	}()
	request, err := s.recv()
	if err != nil {
		return "error from Recv"
	}
	return fmt.Sprintf("%q arrives", request)
}
