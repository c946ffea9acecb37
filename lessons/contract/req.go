package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/zmtptest"
)

func reqPeers() string { return peers(zmq4.NewReq) }

func reqBidirectional() string {
	router := zmq4.NewRouter(bg)
	req := dial(zmq4.NewReq(bg), listen(router))
	send(req, "request")
	envelope, request, err := receive(router)
	check(err)
	reply(router, envelope, []byte("reply"))
	return fmt.Sprintf("%s out, %s in", request[0], recv(req))
}

func reqAlternates() string {
	return reqOutOfTurn(dial(zmq4.NewReq(bg), serve(echo)))
}

func reqAlternatesStrict() string {
	dialed := reqOutOfTurn(NewStrict(dial(zmq4.NewReq(bg), serve(echo))))
	req := NewStrict(zmq4.NewReq(bg))
	dial(rep(echo), listen(req))
	if listens := reqOutOfTurn(req); listens != dialed {
		return dialed + "; if it listens: " + listens
	}
	return dialed
}

// reqOutOfTurn makes calls out of turn and lists those that are not refused.
func reqOutOfTurn(req zmq4.Socket) string {
	var allowed []string
	if _, err := req.Recv(); err == nil {
		allowed = append(allowed, "receives first")
	}
	send(req, "1")
	if req.Send(zmq4.NewMsgString("2")) == nil {
		allowed = append(allowed, "sends twice")
	}
	recv(req)
	if _, err := req.Recv(); err == nil {
		allowed = append(allowed, "receives twice")
	}
	return orRefused(allowed)
}

func orRefused(allowed []string) string {
	if len(allowed) == 0 {
		return "refused"
	}
	return strings.Join(allowed, ", ")
}

func reqRoundRobin(c *client) string {
	for i, name := range []string{"A", "B", "C"} {
		c.join(i, rep(say(name)))
	}
	return inTurn(c, 9, "C")
}

// inTurn asks until the last service has answered, so all of them are connected.
// Then it sends the requests, and returns who answers them.
func inTurn(c *client, requests int, last string) (order string) {
	for c.mustAsk("who?") != last {
	}
	for range requests {
		order += c.mustAsk("who?")
	}
	return order
}

func reqMatched(c *client) string {
	c.join(0, repeating(false))
	c.mustAsk("request 1")
	return c.mustAsk("request 2")
}

func reqLateReply(c *client) string {
	c.join(0, repeating(true))
	c.mustAsk("request 1")
	return c.mustAsk("request 2")
}

// repeating is a service that sends its reply to request 1 twice: immediately,
// or late, after it has received request 2.
func repeating(late bool) zmq4.Socket {
	router := zmq4.NewRouter(bg)
	go func() {
		first, _, err := receive(router)
		check(err)
		reply(router, first, []byte("reply to request 1"))
		if !late {
			reply(router, first, []byte("reply to request 1"))
		}
		second, _, err := receive(router)
		check(err)
		if late {
			reply(router, first, []byte("reply to request 1"))
		}
		reply(router, second, []byte("reply to request 2"))
	}()
	return router
}

func reqLastPeer(c *client) string {
	fromA, _ := unasked(c)
	return fromA
}

func reqDiscardsOthers(c *client) string {
	_, fromB := unasked(c)
	return fromB
}

// unasked asks A, B, A and B. While A has the third request, B sends the
// client an unsolicited message. It returns the last two replies.
func unasked(c *client) (fromA, fromB string) {
	a, b := zmq4.NewRouter(bg), zmq4.NewRouter(bg)
	c.join(0, a)
	c.join(1, b)
	answer := func(service zmq4.Socket, text string) (client [][]byte) {
		client, _, err := receive(service)
		check(err)
		reply(service, client, []byte(text))
		return client
	}
	go answer(a, "A's reply")
	c.mustAsk("?")

	client := make(chan [][]byte, 1)
	go func() { client <- answer(b, "B's reply") }()
	c.mustAsk("?")

	go func() {
		reply(b, <-client, []byte("B's unsolicited message"))
		answer(a, "A's reply")
	}()
	fromA = c.mustAsk("?")

	go answer(b, "B's reply")
	return fromA, c.mustAsk("?")
}

// reqDelimiter gets a reply without a delimiter, and then a valid one.
func reqDelimiter(c *client) string {
	router := zmq4.NewRouter(bg)
	c.join(0, router)
	go func() {
		envelope, _, err := receive(router)
		check(err)
		check(router.SendMulti(zmq4.NewMsgFrom(envelope[0], []byte("no delimiter"))))
		reply(router, envelope, []byte("reply"))
	}()
	if reply, _ := c.ask("request"); reply == "no delimiter" {
		return "delivered"
	}
	return "not delivered"
}

// reqHeartbeat gets a heartbeat before the reply.
func reqHeartbeat(c *client) string {
	c.joinRaw(0, func(service *zmtptest.Peer) {
		pingAfterRequest(service)
		service.Write(zmtptest.Message("reply"))
	})
	return fmt.Sprintf("%q", c.mustAsk("request"))
}

// reqPong gets a heartbeat from a service that waits for the PONG.
func reqPong(c *client) string {
	pong := make(chan string, 1)
	c.joinRaw(0, func(service *zmtptest.Peer) {
		pingAfterRequest(service)
		service.SetReadDeadline(time.Now().Add(patience / 6))
		outcome := "not answered"
		if _, body, err := service.ReadFrame(); err == nil && strings.HasPrefix(body, "\x04PONG") {
			outcome = "answered"
		}
		pong <- outcome
	})
	returned := background(func() (string, error) { return c.ask("request") })
	select {
	case outcome := <-pong:
		return outcome
	case <-returned: // the client took the heartbeat for the reply
		return "not answered"
	}
}

// pingAfterRequest receives a request and sends a heartbeat, whose time to live
// is zero (RFC 37).
func pingAfterRequest(service *zmtptest.Peer) {
	check(service.Handshake("REP"))
	check(service.Expect("", "request"))
	service.Write(zmtptest.Frame(zmtptest.Command, "\x04PING\x00\x00"))
}

func reqMute() string {
	req := zmq4.NewReq(bg)
	return muteSend(req, func() (string, error) {
		return "", req.Send(zmq4.NewMsgString("request"))
	})
}

func reqMuteWorkers() string {
	req := zmq4.NewReq(bg)
	return muteSend(req, func() (string, error) { return askWorkers(bg, req, "request") })
}

// muteSend sends from a REQ socket that listens, before a service dials it.
func muteSend(req zmq4.Socket, send func() (string, error)) string {
	endpoint := listen(req)
	return sendBefore(send, func(rep zmq4.Socket) { dial(rep, endpoint) })
}

// sendBefore sends, and starts a service if the call has not returned a moment
// later.
func sendBefore(send func() (string, error), join func(rep zmq4.Socket)) string {
	result := background(send)
	if result.returns(soon) {
		return immediately(<-result)
	}
	rep := zmq4.NewRep(bg)
	join(rep)
	arrived := make(chan string, 1)
	go func() {
		arrived <- recv(rep)
		rep.Send(zmq4.NewMsgString("reply"))
	}()
	select {
	case request := <-arrived:
		return "blocks, then sends the " + request
	case err := <-result: // it was slow to fail
		if err == nil {
			return "blocks, then sends the " + <-arrived
		}
		return immediately(err)
	}
}

func immediately(err error) string {
	if err != nil {
		return "fails immediately"
	}
	return "sends immediately"
}

func reqNoService() string {
	return immediately(zmq4.NewReq(bg).Send(zmq4.NewMsgString("request")))
}

func reqNoServiceIdiom(c *client) string {
	return sendBefore(func() (string, error) { return c.ask("request") },
		func(rep zmq4.Socket) { c.join(0, rep) })
}

func reqNeverDiscards(c *client) string {
	stop := serveFor(c, 0, echo)
	c.mustAsk("before")
	stop()

	result := background(func() (string, error) { return c.ask("sent meanwhile") })
	if result.returns(soon) && <-result != nil {
		return "lost"
	}
	serveFor(c, 0, echo)
	if <-result != nil { // it was slow to fail
		return "lost"
	}
	return "delivered"
}

func reqServiceGone(c *client) string {
	c.join(0, rep(say("A")))
	c.join(1, rep(say("B")))
	stop := serveFor(c, 2, say("C"))
	inTurn(c, 3, "C")
	stop()

	answers := map[string]int{}
	for range 6 {
		if reply, err := c.ask("who?"); err == nil {
			answers[reply]++
		}
	}
	return fmt.Sprintf("A answers %d, B answers %d of 6", answers["A"], answers["B"])
}
