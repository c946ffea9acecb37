package main

import (
	"fmt"
	"strings"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/host"
)

func reqPeers() string { return peers(zmq4.NewReq) }

func reqBidirectional() string {
	router := zmq4.NewRouter(bg)
	req := dial(zmq4.NewReq(bg), listen(router))
	send(req, "request")
	envelope, request, err := receive(router)
	check(err)
	check(reply(router, envelope, []byte("reply")))
	return fmt.Sprintf("%s out, %s in", request[0], recv(req))
}

func reqAlternates() string {
	return reqOutOfTurn(dial(zmq4.NewReq(bg), serve(echo)))
}

func reqAlternatesIdiom() string {
	return reqOutOfTurn(NewStrict(dial(zmq4.NewReq(bg), serve(echo))))
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

func reqRoundRobin() string {
	req := dial(zmq4.NewReq(bg), serve(say("A")), serve(say("B")), serve(say("C")))
	var order string
	for range 9 {
		order += exchange(req, "who?")
	}
	return order
}

func reqMatched() string {
	req := dial(zmq4.NewReq(bg), repeating(false))
	exchange(req, "request 1")
	return exchange(req, "request 2")
}

func reqMatchedIdiom() string {
	endpoint := repeating(false)
	must(ask(bg, endpoint, "request 1"))
	return must(ask(bg, endpoint, "request 2"))
}

func reqLateReply() string {
	req := dial(zmq4.NewReq(bg), repeating(true))
	exchange(req, "request 1")
	return exchange(req, "request 2")
}

func reqLateReplyIdiom() string {
	endpoint := repeating(true)
	must(ask(bg, endpoint, "request 1"))
	return must(ask(bg, endpoint, "request 2"))
}

// repeating starts a service that sends its reply to request 1 twice: at once,
// or late, when it has request 2.
func repeating(late bool) (endpoint string) {
	router := zmq4.NewRouter(bg)
	endpoint = listen(router)
	go func() {
		first, _, err := receive(router)
		check(err)
		check(reply(router, first, []byte("reply to request 1")))
		if !late {
			reply(router, first, []byte("reply to request 1"))
		}
		second, _, err := receive(router)
		check(err)
		if late {
			reply(router, first, []byte("reply to request 1"))
		}
		check(reply(router, second, []byte("reply to request 2")))
	}()
	return endpoint
}

func reqLastPeer() string {
	fromA, _ := unaskedPlainly()
	return fromA
}

func reqDiscardsOthers() string {
	_, fromB := unaskedPlainly()
	return fromB
}

func unaskedPlainly() (fromA, fromB string) {
	a, b := zmq4.NewRouter(bg), zmq4.NewRouter(bg)
	req := dial(zmq4.NewReq(bg), listen(a), listen(b))
	ask := func() string { return exchange(req, "?") }
	return unasked(a, b, ask, ask)
}

func reqDiscardsOthersIdiom() string {
	a, b := zmq4.NewRouter(bg), zmq4.NewRouter(bg)
	toA, toB := listen(a), listen(b)
	askA := func() string { return must(ask(bg, toA, "?")) }
	askB := func() string { return must(ask(bg, toB, "?")) }
	_, fromB := unasked(a, b, askA, askB)
	return fromB
}

// unasked asks A, B, A and B. While A has the third request, B sends to the
// client of the second one, unasked. It returns the last two replies.
func unasked(a, b zmq4.Socket, askA, askB func() string) (fromA, fromB string) {
	answer := func(service zmq4.Socket, text string) (client [][]byte) {
		client, _, err := receive(service)
		check(err)
		check(reply(service, client, []byte(text)))
		return client
	}
	go answer(a, "A's reply")
	askA()

	client := make(chan [][]byte, 1)
	go func() { client <- answer(b, "B's reply") }()
	askB()

	go func() {
		reply(b, <-client, []byte("B's message that nobody asked for"))
		answer(a, "A's reply")
	}()
	fromA = askA()

	go answer(b, "B's reply")
	return fromA, askB()
}

func reqMute() string {
	return muteSend(zmq4.Socket.Send)
}

func reqMuteIdiom() string {
	return muteSend(func(req zmq4.Socket, request zmq4.Msg) error {
		return sendWaiting(bg, req, request)
	})
}

// muteSend sends from a REQ socket that listens, before a service dials it.
func muteSend(send func(req zmq4.Socket, request zmq4.Msg) error) string {
	req := zmq4.NewReq(bg)
	endpoint := listen(req)
	waits, sent := blocks(soon, func() error { return send(req, zmq4.NewMsgString("request")) })
	if !waits {
		return atOnce(<-sent)
	}
	rep := dial(zmq4.NewRep(bg), endpoint)
	check(<-sent)
	return "blocks, then sends the " + recv(rep)
}

func atOnce(err error) string {
	if err != nil {
		return "error at once"
	}
	return "sends at once"
}

func reqNoService() string {
	return atOnce(zmq4.NewReq(bg).Send(zmq4.NewMsgString("request")))
}

func reqNoServiceIdiom() string {
	endpoint := host.FreeEndpoint()
	waits, sent := blocks(soon, func() error {
		req, err := connect(bg, endpoint)
		if err != nil {
			return err
		}
		return req.Send(zmq4.NewMsgString("request"))
	})
	if !waits {
		return atOnce(<-sent)
	}
	rep := zmq4.NewRep(bg)
	check(rep.Listen(endpoint))
	check(<-sent)
	return "blocks, then sends the " + recv(rep)
}

func reqNeverDiscards() string {
	endpoint := host.FreeEndpoint()
	stop := start(endpoint)
	req := dial(zmq4.NewReq(bg), endpoint)
	exchange(req, "before")
	stop()

	req.Send(zmq4.NewMsgString("sent meanwhile")) // an error, or none

	rep := zmq4.NewRep(bg)
	check(rep.Listen(endpoint))
	send(dial(zmq4.NewReq(bg), endpoint), "sent later")
	if recv(rep) == "sent later" {
		return "lost"
	}
	return "delivered"
}

func reqNeverDiscardsIdiom() string {
	endpoint := host.FreeEndpoint()
	stop := start(endpoint)
	must(askAgain(bg, endpoint, "before"))
	stop()

	waits, delivered := blocks(soon, func() error {
		_, err := askAgain(bg, endpoint, "sent meanwhile")
		return err
	})
	if !waits {
		return "lost"
	}
	start(endpoint)
	check(<-delivered)
	return "delivered"
}

func reqServiceGone() string {
	const runs = 10 // in case that one ends well
	var order string
	for range runs {
		c := host.FreeEndpoint()
		stop := start(c)
		req := dial(zmq4.NewReq(bg), serve(say("A")), serve(say("B")), c)
		for range 3 {
			exchange(req, "who?")
		}
		stop()

		order = ""
		for range 6 {
			if req.Send(zmq4.NewMsgString("who?")) != nil {
				continue
			}
			if reply, err := req.Recv(); err == nil {
				order += string(reply.Bytes())
			}
		}
	}
	return order
}

func reqServiceGoneIdiom() string {
	c := host.FreeEndpoint()
	stop := start(c)
	all := rotation{services: []string{serve(say("A")), serve(say("B")), c}}
	for range 3 {
		must(all.ask(bg, "who?"))
	}
	stop()

	var order string
	for range 6 {
		order += must(all.ask(bg, "who?"))
	}
	return order
}
