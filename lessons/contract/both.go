package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/transport"

	"zeromq-lessons/internal/host"
)

// connectFirst dials a service that refuses the first 20 connections.
func connectFirst() string {
	if zmq4.NewReq(bg).Dial(comingUp()) != nil {
		return "gives up before there is a service"
	}
	return "answered"
}

func connectFirstAsk() string {
	must(askAgain(bg, comingUp(), "request"))
	return "answered"
}

func connectFirstConnect() string {
	exchange(must(connect(bg, comingUp())), "request")
	return "answered"
}

// comingUp returns the endpoint of a service that refuses 20 connections.
func comingUp() (endpoint string) {
	check(zmq4.RegisterTransport("comingup", &refusing{transport.New("tcp"), 20}))
	return strings.Replace(serve(echo), "tcp", "comingup", 1)
}

// refusing is a transport that refuses the next few connections.
type refusing struct {
	transport.Transport
	next int
}

func (r *refusing) Dial(ctx context.Context, d transport.Dialer, address string) (net.Conn, error) {
	if r.next > 0 {
		r.next--
		return nil, syscall.ECONNREFUSED
	}
	return r.Transport.Dial(ctx, d, address)
}

func reconnects(c *client) string {
	stop := serveFor(c, 0, echo)
	c.mustAsk("before")
	stop()
	serveFor(c, 0, echo)

	const tries = 5
	for range tries {
		if _, err := c.ask("after"); err == nil {
			return "answered"
		}
	}
	return fmt.Sprintf("no reply in %d tries", tries)
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

func closeReply(newService func() *service) string {
	var arrived int
	for range rounds {
		s := newService()
		req := s.connect()
		send(req, "request")
		s.mustRecv()
		s.mustSend("reply")
		s.close()
		if _, err := req.Recv(); err == nil {
			arrived++
		}
	}
	if arrived < rounds {
		return fmt.Sprintf("some of %d lost", rounds)
	}
	return fmt.Sprintf("%d of %d arrive", arrived, rounds)
}

func oneOwner() string {
	return cutIn(dial(zmq4.NewReq(bg), serve(echo)))
}

func oneOwnerStrict() string {
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

func asBytes(c *client) string {
	c.join(0, rep(echo))
	for _, sent := range manyBytes() {
		if c.mustAsk(sent) != sent {
			return "changed"
		}
	}
	return "as sent"
}

// manyBytes returns all 256 byte values, once, and repeated to fill 512 KiB.
func manyBytes() []string {
	var all []byte
	for b := range 256 {
		all = append(all, byte(b))
	}
	return []string{string(all), strings.Repeat(string(all), 2048)}
}

func emptyMessage(s *service) string {
	req := s.connect()
	send(req, "")
	request := must(s.recv())
	s.mustSend("ok")
	return fmt.Sprintf("service gets %q, client gets %q", request, must(req.Recv()).Frames)
}

func emptyFrames(s *service) string {
	send(s.connect(), "Ada", "", "Lovelace")
	return fmt.Sprintf("service gets %q", must(s.recv()))
}

func bufferFree() string { return changeAfterSend(sendMessage) }

func bufferFreeCopy() string { return changeAfterSend(sendCopy) }

func sendMessage(s zmq4.Socket, buffer []byte) error { return s.Send(zmq4.NewMsg(buffer)) }

// changeAfterSend sends more than the system's buffers hold, and changes the
// last byte before the client reads it.
func changeAfterSend(send func(zmq4.Socket, []byte) error) string {
	rep, req := pair()
	check(req.Send(zmq4.NewMsgString("request")))
	recv(rep)
	buffer := make([]byte, 32<<20)
	check(send(rep, buffer))
	buffer[len(buffer)-1] = 'x'
	if reply := must(req.Recv()).Bytes(); reply[len(reply)-1] != 0 {
		return "the change arrives"
	}
	return "as sent"
}

func afterClose() string { return callClosed(func(s zmq4.Socket) zmq4.Socket { return s }) }

func afterCloseStrict() string {
	return callClosed(func(s zmq4.Socket) zmq4.Socket { return NewStrict(s) })
}

// callClosed makes calls on closed sockets, and lists those that return no
// error.
func callClosed(wrap func(zmq4.Socket) zmq4.Socket) string {
	endpoint := serve(echo)
	var allowed []string
	for _, newSocket := range []func(context.Context, ...zmq4.Option) zmq4.Socket{zmq4.NewReq, zmq4.NewRep} {
		s := wrap(newSocket(bg))
		if s.Type() == zmq4.Req {
			dial(s, endpoint)
		} else {
			listen(s)
		}
		check(s.Close())
		for _, call := range []struct {
			name string
			call func() error
		}{
			{"Listen", func() error { return s.Listen("tcp://127.0.0.1:0") }},
			{"Dial", func() error { return s.Dial(endpoint) }},
			{"Send", func() error { return s.Send(zmq4.NewMsgString("request")) }},
			{"Recv", func() error { _, err := s.Recv(); return err }},
		} {
			if call.call() == nil {
				allowed = append(allowed, fmt.Sprintf("%s's %s returns no error", s.Type(), call.name))
			}
		}
	}
	return orRefused(allowed)
}

// bindTwice binds a REP socket to two endpoints.
func bindTwice() string {
	rep := rep(echo)
	first := listen(rep)
	return bothAnswer(first, listen(rep), soon)
}

func bindTwiceEndpoints() string {
	first, second := host.FreeEndpoint(), host.FreeEndpoint()
	go serveAll(bg, []string{first, second}, func(request zmq4.Msg) zmq4.Msg { return request })
	return bothAnswer(first, second, patience/2)
}

// bothAnswer asks at two endpoints. It waits this long for the first one's
// replies, and asks there three times, because an Accept that zmq4 had already
// called there may still return a connection.
func bothAnswer(first, second string, wait time.Duration) string {
	var asked []pending
	for _, endpoint := range []string{first, first, first, second} {
		asked = append(asked, background(func() (string, error) {
			return exchange(must(connect(bg, endpoint)), "request"), nil
		}))
	}
	check(<-asked[3])
	for _, first := range asked[:3] {
		if !first.returns(wait) {
			return "only the second endpoint answers"
		}
	}
	return "both endpoints answer"
}

func ipcRebind() string {
	return rebind(func(s zmq4.Socket, path string) error { return s.Listen("ipc://" + path) })
}

func ipcRebindIPC() string { return rebind(listenIPC) }

// rebind binds to a path where a killed service left its file.
func rebind(listen func(s zmq4.Socket, path string) error) string {
	dir := must(os.MkdirTemp("", "contract"))
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "socket")
	killed := must(net.Listen("unix", path)).(*net.UnixListener)
	killed.SetUnlinkOnClose(false)
	check(killed.Close())

	rep := zmq4.NewRep(bg)
	if err := listen(rep, path); err != nil {
		return "error"
	}
	go func() { send(rep, recv(rep)) }()
	return exchange(dial(zmq4.NewReq(bg), "ipc://"+path), "the request") + " is answered"
}

// inprocAnySize sends frames of several sizes through inproc://.
func inprocAnySize() string {
	check(rep(echo).Listen("inproc://service"))
	req := dial(zmq4.NewReq(bg), "inproc://service")
	for _, size := range []int{0, 1, 255, 256, 1 << 20} {
		if got := exchange(req, strings.Repeat("x", size)); len(got) != size {
			return fmt.Sprintf("%d bytes of %d arrive", len(got), size)
		}
	}
	return "as sent"
}

func bindForms() string {
	return formsThatBind(func(s zmq4.Socket, host string) error { return s.Listen("tcp://" + host + ":0") })
}

func bindFormsBind() string {
	return formsThatBind(func(s zmq4.Socket, host string) error {
		if host == "*" || net.ParseIP(host) != nil {
			return s.Listen("tcp://" + host + ":0")
		}
		return listenInterface(s, host, 0)
	})
}

// formsThatBind lists the forms of address that a socket binds to.
func formsThatBind(listen func(s zmq4.Socket, host string) error) string {
	var forms []string
	for _, form := range []struct{ name, host string }{
		{"*", "*"}, {"address", "127.0.0.1"}, {"interface", loopback()}, {"host name", "localhost"},
	} {
		if listen(zmq4.NewRep(bg), form.host) == nil {
			forms = append(forms, form.name)
		}
	}
	return strings.Join(forms, ", ")
}

// loopback returns the name of the loopback interface: lo or lo0.
func loopback() string {
	for _, i := range must(net.Interfaces()) {
		if i.Flags&net.FlagLoopback != 0 {
			return i.Name
		}
	}
	panic("no loopback interface")
}

func bindAll() string { return versions("tcp://*:0") }

func bindAllBind() string {
	check(zmq4.RegisterTransport("tcp4", tcp4{transport.New("tcp")}))
	return versions("tcp4://*:0")
}

// versions lists the versions of IP that reach a socket.
func versions(endpoint string) string {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		return noIPv6
	}
	l.Close()
	rep := zmq4.NewRep(bg)
	check(rep.Listen(endpoint))
	_, port, err := net.SplitHostPort(rep.Addr().String())
	check(err)
	var reach []string
	for name, host := range map[string]string{"IPv4": "127.0.0.1", "IPv6": "::1"} {
		if conn, err := net.Dial("tcp", net.JoinHostPort(host, port)); err == nil {
			conn.Close()
			reach = append(reach, name)
		}
	}
	slices.Sort(reach)
	return strings.Join(reach, " and ")
}

func dealerRoundRobin() string {
	a, b := zmq4.NewRouter(bg), zmq4.NewRouter(bg)
	dealer := dial(zmq4.NewDealer(bg), listen(a), listen(b))
	return sendInTurn(a, b, dealer.Send)
}

func dealerRoundRobinTurns() string {
	a, b := zmq4.NewRouter(bg), zmq4.NewRouter(bg)
	dealers := turns{dealers: []zmq4.Socket{dial(zmq4.NewDealer(bg), listen(a)), dial(zmq4.NewDealer(bg), listen(b))}}
	return sendInTurn(a, b, dealers.send)
}

// sendInTurn sends four messages, and returns which service gets which.
func sendInTurn(a, b zmq4.Socket, send func(zmq4.Msg) error) string {
	for _, text := range []string{"1", "2", "3", "4", "end", "end"} {
		check(send(zmq4.NewMsgString(text)))
	}
	received := func(s zmq4.Socket) (got string) {
		for {
			text := string(must(s.Recv()).Frames[1])
			if text == "end" {
				return got
			}
			got += text
		}
	}
	return fmt.Sprintf("A gets %s, B gets %s", received(a), received(b))
}
