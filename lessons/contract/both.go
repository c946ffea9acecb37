package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/host"
)

func connectFirst() string {
	req := zmq4.NewReq(bg)
	if req.Dial(host.FreeEndpoint()) != nil {
		return "gives up before there is a service"
	}
	return "answered"
}

func connectFirstIdiom() string {
	endpoint := host.FreeEndpoint()
	// A plain Dial gives up after 2.5 seconds.
	waits, answered := blocks(3*time.Second, func() error {
		req, err := connect(bg, endpoint)
		if err != nil {
			return err
		}
		exchange(req, "request")
		return nil
	})
	if !waits {
		return "gives up before there is a service"
	}
	start(endpoint)
	check(<-answered)
	return "answered"
}

func reconnects() string {
	endpoint := host.FreeEndpoint()
	stop := start(endpoint)
	req := dial(zmq4.NewReq(bg), endpoint)
	exchange(req, "before")
	stop()
	start(endpoint)

	const tries = 5
	for range tries {
		if req.Send(zmq4.NewMsgString("after")) != nil {
			continue
		}
		if _, err := req.Recv(); err == nil {
			return "answered"
		}
	}
	return fmt.Sprintf("no reply in %d tries", tries)
}

func reconnectsIdiom() string {
	endpoint := host.FreeEndpoint()
	stop := start(endpoint)
	must(askAgain(bg, endpoint, "before"))
	stop()
	start(endpoint)

	must(askAgain(bg, endpoint, "after"))
	return "answered"
}

// start starts a service that echoes, until it is stopped.
func start(endpoint string) (stop func()) {
	ctx, cancel := context.WithCancel(bg)
	rep := zmq4.NewRep(ctx)
	check(rep.Listen(endpoint))
	go func() {
		for {
			msg, err := rep.Recv()
			if err != nil {
				return
			}
			rep.Send(msg)
		}
	}()
	return func() {
		cancel()
		rep.Close()
	}
}

func whole() string {
	rep := zmq4.NewRep(bg)
	endpoint := listen(rep)
	half := strings.Repeat("x", 1<<20)
	cut := dial(zmq4.NewReq(bg), cutting(endpoint, 3<<19)) // in the middle of the second half
	cut.Send(zmq4.NewMsgFromString([]string{half, half}))
	if _, err := cut.Recv(); err == nil {
		return "the service replies to a part"
	}

	for range 10 {
		req := dial(zmq4.NewReq(bg), endpoint)
		send(req, "next")
		if recv(rep) != "next" {
			return "a part arrives"
		}
		send(rep, "reply")
		recv(req)
	}
	return "nothing of it arrives"
}

const rounds = 100

func closeRequest() string {
	rep := zmq4.NewRep(bg)
	endpoint := listen(rep)
	for i := range rounds {
		req := dial(zmq4.NewReq(bg), endpoint)
		send(req, fmt.Sprint(i))
		req.Close()
	}
	arrived := map[string]bool{}
	for range rounds {
		arrived[recv(rep)] = true
	}
	return fmt.Sprintf("%d of %d arrive", len(arrived), rounds)
}

func closeReply() string {
	var arrived int
	for range rounds {
		rep, req := pair()
		send(req, "request")
		recv(rep)
		send(rep, "reply")
		rep.Close()
		if _, err := req.Recv(); err == nil {
			arrived++
		}
	}
	if arrived < rounds {
		return fmt.Sprintf("some of %d lost", rounds)
	}
	return fmt.Sprintf("%d of %d arrive", arrived, rounds)
}

func closeReplyIdiom() string {
	var arrived int
	for range rounds {
		router := zmq4.NewRouter(bg)
		req := dial(zmq4.NewReq(bg), listen(router))
		send(req, "request")
		client, _, err := receive(router)
		check(err)
		check(reply(router, client, []byte("reply")))
		router.Close()
		if _, err := req.Recv(); err == nil {
			arrived++
		}
	}
	return fmt.Sprintf("%d of %d arrive", arrived, rounds)
}

func oneOwner() string {
	return cutIn(dial(zmq4.NewReq(bg), serve(echo)))
}

func oneOwnerIdiom() string {
	return cutIn(NewStrict(dial(zmq4.NewReq(bg), serve(echo))))
}

// cutIn lets a second owner send and receive between the first one's Send and
// its Recv.
func cutIn(req zmq4.Socket) string {
	send(req, "first")
	second := make(chan string)
	go func() {
		if req.Send(zmq4.NewMsgString("second")) != nil {
			second <- "refused"
			return
		}
		second <- recv(req)
	}()
	if got := <-second; got != "refused" {
		return "the second receives the reply to the " + got
	}
	return "refused"
}

func asBytes() string {
	var all []byte
	for b := range 256 {
		all = append(all, byte(b))
	}
	req := dial(zmq4.NewReq(bg), serve(echo))
	for _, sent := range [][]byte{all, bytes.Repeat(all, 4096)} { // 256 bytes, 1 MiB
		check(req.Send(zmq4.NewMsg(sent)))
		if msg := must(req.Recv()); len(msg.Frames) != 1 || !bytes.Equal(msg.Bytes(), sent) {
			return "changed"
		}
	}
	return "as sent"
}

func emptyMessage() string {
	rep, req := pair()
	send(req, "")
	request := must(rep.Recv())
	send(rep, "ok")
	return fmt.Sprintf("service gets %q, client gets %q", request.Frames, must(req.Recv()).Frames)
}

func emptyMessageIdiom() string {
	router := zmq4.NewRouter(bg)
	req := dial(zmq4.NewReq(bg), listen(router))
	send(req, "")
	client, request, err := receive(router)
	check(err)
	check(reply(router, client, []byte("ok")))
	return fmt.Sprintf("service gets %q, client gets %q", request, must(req.Recv()).Frames)
}

func emptyFrames() string {
	rep, req := pair()
	send(req, "Ada", "", "Lovelace")
	return fmt.Sprintf("service gets %q", must(rep.Recv()).Frames)
}

func emptyFramesIdiom() string {
	router := zmq4.NewRouter(bg)
	req := dial(zmq4.NewReq(bg), listen(router))
	send(req, "Ada", "", "Lovelace")
	_, request, err := receive(router)
	check(err)
	return fmt.Sprintf("service gets %q", request)
}
