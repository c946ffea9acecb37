package main

import (
	"bytes"
	"context"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/zmtptest"
	"zeromq-lessons/lessons/07-strangers/guard"
)

// A probe of a promise that a client could break runs with plain zmq4 and with
// every idiom for a client, and likewise for a service. The types client and
// service hide the differences between the idioms from the probes.

// A client asks services.
type client struct {
	// ask sends a request, to the next service if there are several, and
	// returns the reply.
	ask func(request string) (reply string, err error)

	// join makes the socket service number i. It may replace a socket that was
	// closed.
	join func(i int, service zmq4.Socket)

	// joinRaw does the same with a function that speaks raw ZMTP on every
	// connection.
	joinRaw func(i int, serve func(*zmtptest.Peer))
}

// mustAsk asks, and panics if that fails.
func (c *client) mustAsk(request string) (reply string) { return must(c.ask(request)) }

// dialing returns a client that connects to its services on its first request.
func dialing(services int, connect func(endpoints []string) func(string) (string, error)) *client {
	endpoints := make([]string, services)
	for i := range endpoints {
		endpoints[i] = host.FreeEndpoint()
	}
	var once sync.Once
	var ask func(string) (string, error)
	return &client{
		ask: func(request string) (string, error) {
			once.Do(func() { ask = connect(endpoints) })
			return ask(request)
		},
		join: func(i int, service zmq4.Socket) { check(service.Listen(endpoints[i])) },
		joinRaw: func(i int, serve func(*zmtptest.Peer)) {
			l := must(net.Listen("tcp", address(endpoints[i])))
			go func() {
				for {
					conn, err := l.Accept()
					check(err)
					go serve(zmtptest.NewPeer(conn))
				}
			}()
		},
	}
}

// registerGuard registers guard:// as a transport of zmq4.
var registerGuard = sync.OnceFunc(func() { check(guard.Register("guard", guard.Limits{})) })

// address returns host:port of a tcp:// endpoint.
func address(endpoint string) string { return strings.TrimPrefix(endpoint, "tcp://") }

// plainAsk returns a function that sends a request and receives a reply.
func plainAsk(req zmq4.Socket) func(string) (string, error) {
	return func(request string) (string, error) {
		if err := req.Send(zmq4.NewMsgString(request)); err != nil {
			return "", err
		}
		msg, err := req.Recv()
		return string(msg.Bytes()), err
	}
}

// clients are plain zmq4 and the idioms for a client.
var clients = []struct {
	name    string
	several bool // whether it can have several services
	new     func(services int) *client
}{
	{"zmq4", true, func(n int) *client {
		return dialing(n, func(endpoints []string) func(string) (string, error) {
			return plainAsk(dial(zmq4.NewReq(bg), endpoints...))
		})
	}},
	{"ask", false, func(n int) *client {
		return dialing(n, func(endpoints []string) func(string) (string, error) {
			return func(request string) (string, error) { return askAgain(bg, endpoints[0], request) }
		})
	}},
	{"connect", true, func(n int) *client {
		return dialing(n, func(endpoints []string) func(string) (string, error) {
			return plainAsk(dial(must(connect(bg, endpoints[0])), endpoints[1:]...))
		})
	}},
	{"guard", true, func(n int) *client {
		registerGuard()
		return dialing(n, func(endpoints []string) func(string) (string, error) {
			req := zmq4.NewReq(bg)
			for _, endpoint := range endpoints {
				check(req.Dial(strings.Replace(endpoint, "tcp", "guard", 1)))
			}
			return plainAsk(req)
		})
	}},
	{"rotation", true, func(n int) *client {
		return dialing(n, func(endpoints []string) func(string) (string, error) {
			all := rotation{services: endpoints, timeout: 5 * time.Second}
			return func(request string) (string, error) { return all.ask(bg, request) }
		})
	}},
	{"strict", true, func(n int) *client {
		return dialing(n, func(endpoints []string) func(string) (string, error) {
			return plainAsk(NewStrict(dial(zmq4.NewReq(bg), endpoints...)))
		})
	}},
	{"workers", true, func(n int) *client {
		req := zmq4.NewReq(bg)
		endpoint := listen(req)
		return &client{
			ask:  func(request string) (string, error) { return askWorkers(bg, req, request) },
			join: func(_ int, service zmq4.Socket) { dial(service, endpoint) },
			joinRaw: func(_ int, serve func(*zmtptest.Peer)) {
				go serve(zmtptest.NewPeer(must(net.Dial("tcp", address(endpoint)))))
			},
		}
	}},
}

// asClient returns the probes of a promise for plain zmq4 and for each idiom for
// a client, by name.
func asClient(services int, probe func(*client) string, without ...string) map[string]func() string {
	all := map[string]func() string{}
	for _, kind := range clients {
		if services == 1 || kind.several {
			all[kind.name] = func() string { return probe(kind.new(services)) }
		}
	}
	for _, name := range without {
		delete(all, name)
	}
	return all
}

// with returns the probes with one of them replaced.
func with(probes map[string]func() string, name string, probe func() string) map[string]func() string {
	probes[name] = probe
	return probes
}

// often returns probes that run up to ten times, each time with a new client,
// because a client that breaks the promise may keep it by chance.
func often(kept string, probes map[string]func() string) map[string]func() string {
	all := map[string]func() string{}
	for name, probe := range probes {
		all[name] = func() string {
			for range 10 {
				if outcome := probe(); outcome != kept {
					return outcome
				}
			}
			return kept
		}
	}
	return all
}

// A service answers clients, one request at a time.
type service struct {
	attach func(client zmq4.Socket) zmq4.Socket // connects the client, and returns it
	raw    func() *zmtptest.Peer                // returns a client that speaks raw ZMTP
	recv   func() ([][]byte, error)             // takes the next request
	send   func(frames ...string) error         // sends a reply to the last request
	close  func() error
	wait   time.Duration // for a reply that may never come
}

// mustRecv and mustSend panic if a call fails.
func (s *service) mustRecv() string          { return string(bytes.Join(must(s.recv()), nil)) }
func (s *service) mustSend(frames ...string) { check(s.send(frames...)) }

// connect returns a REQ socket that is connected to the service.
func (s *service) connect() (req zmq4.Socket) { return s.attach(zmq4.NewReq(bg)) }

// echo answers all further requests.
func (s *service) echo() {
	for {
		s.mustSend(s.mustRecv())
	}
}

// listening makes the socket listen for the service's clients.
func (s *service) listening(socket zmq4.Socket, scheme string) *service {
	check(socket.Listen(scheme + "://127.0.0.1:0"))
	address := socket.Addr().String()
	s.attach = func(client zmq4.Socket) zmq4.Socket { return dial(client, "tcp://"+address) }
	s.raw = func() *zmtptest.Peer { return shakeHands(must(net.Dial("tcp", address))) }
	return s
}

// dialing makes the socket connect to the service's clients.
func (s *service) dialing(socket zmq4.Socket) *service {
	s.attach = func(client zmq4.Socket) zmq4.Socket {
		dial(socket, listen(client))
		return client
	}
	s.raw = func() *zmtptest.Peer {
		l := must(net.Listen("tcp", "127.0.0.1:0"))
		go dial(socket, "tcp://"+l.Addr().String())
		return shakeHands(must(l.Accept()))
	}
	return s
}

func shakeHands(conn net.Conn) *zmtptest.Peer {
	peer := zmtptest.NewPeer(conn)
	check(peer.Handshake("REQ"))
	return peer
}

// onREP returns a service with a REP socket.
func onREP(rep zmq4.Socket) *service {
	return &service{
		recv: func() ([][]byte, error) {
			msg, err := rep.Recv()
			return msg.Frames, err
		},
		send:  func(frames ...string) error { return rep.Send(zmq4.NewMsgFromString(frames)) },
		close: rep.Close,
		wait:  soon,
	}
}

// onROUTER returns a service with a ROUTER socket behind the guard. The result
// of requests returns the envelope and the body of the next request.
func onROUTER(requests func(router zmq4.Socket) func() ([][]byte, [][]byte, error)) *service {
	registerGuard()
	router := zmq4.NewRouter(bg)
	next := requests(router)
	var envelope [][]byte
	s := &service{
		recv: func() (request [][]byte, err error) {
			envelope, request, err = next()
			return request, err
		},
		send: func(frames ...string) error {
			reply(router, envelope, zmq4.NewMsgFromString(frames).Frames...)
			return nil
		},
		close: router.Close,
		wait:  patience / 2,
	}
	return s.listening(router, "guard")
}

// onServeAll returns a service whose requests serveAll passes on.
func onServeAll() *service {
	requests, replies := make(chan zmq4.Msg), make(chan zmq4.Msg)
	endpoint := host.FreeEndpoint()
	ctx, cancel := context.WithCancel(bg)
	ended := background(func() (string, error) {
		return "", serveAll(ctx, []string{endpoint}, func(request zmq4.Msg) zmq4.Msg {
			requests <- request
			return <-replies
		})
	})
	must(connect(bg, endpoint)).Close() // it listens; Close may find the connection closed already
	return &service{
		attach: func(client zmq4.Socket) zmq4.Socket { return dial(client, endpoint) },
		raw:    func() *zmtptest.Peer { return shakeHands(must(net.Dial("tcp", address(endpoint)))) },
		recv:   func() ([][]byte, error) { return (<-requests).Frames, nil },
		send: func(frames ...string) error {
			replies <- zmq4.NewMsgFromString(frames)
			return nil
		},
		close: func() error {
			cancel()
			<-ended
			return nil
		},
		wait: soon,
	}
}

// services are plain zmq4 and the idioms for a service. A REP socket listens in
// one role and dials in the other.
var services = []struct {
	name  string
	roles []func() *service
}{
	{"zmq4", []func() *service{
		func() *service { rep := zmq4.NewRep(bg); return onREP(rep).listening(rep, "tcp") },
		func() *service { rep := zmq4.NewRep(bg); return onREP(rep).dialing(rep) },
	}},
	{"strict", []func() *service{
		func() *service { rep := NewStrict(zmq4.NewRep(bg)); return onREP(rep).listening(rep, "tcp") },
		func() *service { rep := NewStrict(zmq4.NewRep(bg)); return onREP(rep).dialing(rep) },
	}},
	{"guard", []func() *service{func() *service {
		registerGuard()
		rep := zmq4.NewRep(bg)
		s := onREP(rep).listening(rep, "guard")
		s.wait = patience / 2
		return s
	}}},
	{"endpoints", []func() *service{onServeAll}},
	{"router", []func() *service{func() *service {
		return onROUTER(func(router zmq4.Socket) func() ([][]byte, [][]byte, error) {
			return func() ([][]byte, [][]byte, error) { return receive(router) }
		})
	}}},
	{"fair", []func() *service{func() *service {
		return onROUTER(func(router zmq4.Socket) func() ([][]byte, [][]byte, error) {
			in := make(chan zmq4.Msg)
			go func() {
				defer close(in)
				for {
					msg, err := router.Recv()
					if err != nil {
						return
					}
					in <- msg
				}
			}()
			requests := fair(bg, in)
			return func() ([][]byte, [][]byte, error) {
				for msg := range requests {
					if envelope, body, ok := open(msg); ok {
						return envelope, body, nil
					}
				}
				return nil, nil, net.ErrClosed
			}
		})
	}}},
}

// asService returns the probes of a promise for plain zmq4 and for each idiom for
// a service, by name.
func asService(probe func(*service) string) map[string]func() string {
	return asServices(func(newService func() *service) string { return probe(newService()) })
}

// asServices is the same for a probe that starts more than one service.
func asServices(probe func(newService func() *service) string) map[string]func() string {
	all := map[string]func() string{}
	for _, kind := range services {
		all[kind.name] = func() string {
			outcome := probe(kind.roles[0])
			for _, role := range kind.roles[1:] {
				if other := probe(role); other != outcome {
					return outcome + "; if it dials: " + other
				}
			}
			return outcome
		}
	}
	return all
}
