package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/zmtptest"
)

// These tests check that an idiom stops with its context and leaves nothing
// behind, and other properties that no promise covers.

// result waits for a call that should return soon.
func (p pending) result(t *testing.T) error {
	t.Helper()
	if !p.returns(patience) {
		t.Fatal("the call does not return")
	}
	return <-p
}

// If a service accepts the connection and stays silent, a call returns when its
// context ends, and the connection is closed.
func TestMuteService(t *testing.T) {
	for name, ask := range map[string]func(ctx context.Context, endpoint string) (string, error){
		"ask":      func(ctx context.Context, endpoint string) (string, error) { return ask(ctx, endpoint, "request") },
		"askAgain": func(ctx context.Context, endpoint string) (string, error) { return askAgain(ctx, endpoint, "request") },
		"connect": func(ctx context.Context, endpoint string) (string, error) {
			_, err := connect(ctx, endpoint)
			return "", err
		},
		"rotation": func(ctx context.Context, endpoint string) (string, error) {
			return (&rotation{services: []string{endpoint}, timeout: patience}).ask(ctx, "request")
		},
	} {
		// Silent before the handshake, and after it.
		for _, handshake := range []bool{false, true} {
			if handshake && name == "connect" {
				continue // connect returns after the handshake
			}
			t.Run(fmt.Sprintf("%s,handshake=%v", name, handshake), func(t *testing.T) {
				t.Parallel()
				mute := must(net.Listen("tcp", "127.0.0.1:0"))
				defer mute.Close()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				asked := background(func() (string, error) { return ask(ctx, "tcp://"+mute.Addr().String()) })
				conn := must(mute.Accept())
				defer conn.Close()
				if handshake {
					peer := zmtptest.NewPeer(conn)
					check(peer.Handshake("REP"))
					check(peer.Expect("", "request"))
				}
				cancel()
				if asked.result(t) == nil {
					t.Error("got a reply")
				}
				conn.SetReadDeadline(time.Now().Add(patience))
				if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("the connection stays open: %v", err)
				}
			})
		}
	}
}

// A published port or a tunnel accepts connections and closes them while there is
// no service behind it. connect and ask wait for the service anyway.
func TestForwarder(t *testing.T) {
	for name, ask := range map[string]func(endpoint string) (string, error){
		"connect": func(endpoint string) (string, error) {
			req, err := connect(t.Context(), endpoint)
			if err != nil {
				return "", err
			}
			return askOn(req, "request")
		},
		"ask": func(endpoint string) (string, error) { return ask(t.Context(), endpoint, "request") },
	} {
		t.Run(name, func(t *testing.T) {
			l := must(net.Listen("tcp", "127.0.0.1:0")).(*net.TCPListener)
			defer l.Close()
			check(l.SetDeadline(time.Now().Add(patience)))
			asked := background(func() (string, error) { return ask("tcp://" + l.Addr().String()) })
			for range 4 {
				conn, err := l.Accept()
				if err != nil {
					t.Fatalf("it does not try again: %v", <-asked)
				}
				conn.Close()
			}
			service := zmtptest.NewPeer(must(l.Accept()))
			defer service.Close()
			check(service.Handshake("REP"))
			check(service.Expect("", "request"))
			must(service.Write(zmtptest.Message("reply")))
			if err := asked.result(t); err != nil {
				t.Error(err)
			}
		})
	}
}

// A malformed endpoint is an error at once.
func TestMalformed(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{"127.0.0.1:5555", "http://127.0.0.1:5555", "tcp://127.0.0.1"} {
		connected := background(func() (string, error) {
			_, err := connect(t.Context(), endpoint)
			return "", err
		})
		if connected.result(t) == nil {
			t.Errorf("%s: no error", endpoint)
		}
	}
}

// A rotation asks another service instead of one that is silent.
func TestRotation(t *testing.T) {
	t.Parallel()
	mute := must(net.Listen("tcp", "127.0.0.1:0"))
	defer mute.Close()
	all := rotation{services: []string{"tcp://" + mute.Addr().String()}, timeout: 10 * time.Millisecond}
	if _, err := all.ask(t.Context(), "request"); err == nil {
		t.Error("got a reply from a silent service")
	}
	all.timeout = patience
	all.services = []string{host.FreeEndpoint(), serve(echo)}
	for range 4 {
		if reply, err := all.ask(t.Context(), "request"); reply != "request" || err != nil {
			t.Errorf("got %q and the error %v, want a reply from the running service", reply, err)
		}
	}
}

// askWorkers gives up when its context ends, with and without a worker.
func TestWorkersContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	req := zmq4.NewReq(bg)
	listen(req)
	asked := background(func() (string, error) { return askWorkers(ctx, req, "request") })
	cancel()
	if err := asked.result(t); !errors.Is(err, context.Canceled) {
		t.Errorf("without a worker: got the error %v", err)
	}

	ctx, cancel = context.WithCancel(t.Context())
	req = zmq4.NewReq(bg)
	endpoint := listen(req)
	worker := dial(zmq4.NewRep(bg), endpoint)
	asked = background(func() (string, error) { return askWorkers(ctx, req, "request") })
	recv(worker) // it sends no reply
	cancel()
	if err := asked.result(t); !errors.Is(err, context.Canceled) {
		t.Errorf("with a worker: got the error %v", err)
	}
}

// Each worker in turn leaves, idle or with a request, and another one takes its
// place. Every request gets its own reply.
func TestWorkersLeave(t *testing.T) {
	t.Parallel()
	rounds := 2
	if host.Required("thorough") {
		rounds = 100
	}
	for workers := 1; workers <= 3; workers++ {
		for leaver := range workers {
			for _, busy := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d of %d,busy=%v", leaver, workers, busy), func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), patience)
					defer cancel()
					req := zmq4.NewReq(bg)
					defer req.Close()
					endpoint := listen(req)
					var all []zmq4.Socket
					for range workers {
						all = append(all, worker(endpoint, false))
					}
					for round := range rounds {
						all[leaver].Close()
						if busy {
							worker(endpoint, true)
						}
						all[leaver] = worker(endpoint, false)
						for i := range 2 * workers {
							want := fmt.Sprint(round, i)
							if got, err := askWorkers(ctx, req, want); got != want || err != nil {
								t.Fatalf("got %q and the error %v, want %q", got, err, want)
							}
						}
					}
				})
			}
		}
	}
}

// worker connects a REP socket that echoes until it is closed. If leaves is set,
// it closes on its first request.
func worker(endpoint string, leaves bool) zmq4.Socket {
	rep := dial(zmq4.NewRep(bg), endpoint)
	go func() {
		for {
			msg, err := rep.Recv()
			if leaves {
				rep.Close()
			}
			if err != nil || rep.Send(msg) != nil {
				return
			}
		}
	}()
	return rep
}

// fair passes on every request, each client's in the order in which it sent
// them, and closes its channel when the requests or the context end.
func TestFair(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in, want string // a letter is a client, and its next request
	}{
		{"", ""},
		{"a", "a0"},
		{"aaab", "a0 b0 a1 a2"},
		{"abcabc", "a0 b0 c0 a1 b1 c1"},
		{"aaabbc", "a0 b0 c0 a1 b1 a2"},
	}
	for _, test := range tests {
		in := make(chan zmq4.Msg)
		out := fair(t.Context(), in)
		sent := map[rune]int{}
		for _, client := range test.in {
			in <- zmq4.NewMsgFromString([]string{string(client), fmt.Sprint(sent[client])})
			sent[client]++
		}
		close(in)
		var got []string
		for msg := range out {
			got = append(got, string(msg.Bytes()))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: got %q, want %q", test.in, got, test.want)
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	out := fair(ctx, make(chan zmq4.Msg))
	cancel()
	if _, ok := <-out; ok {
		t.Error("fair passes on a request that nobody sent")
	}
}

// The idiom router needs the guard, because zmq4's ROUTER socket sends a reply to
// all clients with the identity.
func TestRouterOnTCP(t *testing.T) {
	t.Parallel()
	router := zmq4.NewRouter(bg)
	endpoint := listen(router)
	identity := zmq4.WithID(zmq4.SocketIdentity("meter"))
	a, b := dial(zmq4.NewReq(bg, identity), endpoint), dial(zmq4.NewReq(bg, identity), endpoint)
	var envelopes [][][]byte
	for _, req := range []zmq4.Socket{a, b} {
		send(req, "request")
		envelope, _, err := receive(router)
		check(err)
		envelopes = append(envelopes, envelope)
	}
	for _, envelope := range envelopes {
		reply(router, envelope, []byte("reply"))
	}
	for range 2 { // b gets a's reply, too
		if background(func() (string, error) { return recv(b), nil }).result(t) != nil {
			t.Error("no reply")
		}
	}
}

// listenIPC does not touch the file of a running service, or a file that is not a
// socket.
func TestListenIPC(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s")
	first := zmq4.NewRep(bg, quiet)
	check(listenIPC(first, path))
	go func() { send(first, recv(first)) }()
	if err := listenIPC(zmq4.NewRep(bg), path); err == nil || !strings.Contains(err.Error(), "another service is listening") {
		t.Errorf("got the error %v", err)
	}
	if got := exchange(dial(zmq4.NewReq(bg), "ipc://"+path), "request"); got != "request" {
		t.Errorf("got %q", got)
	}
	if err := listenIPC(zmq4.NewRep(bg), filepath.Join(t.TempDir(), "no", "folder")); err == nil {
		t.Error("no error in a folder that does not exist")
	}
	notes := filepath.Join(t.TempDir(), "notes.txt")
	check(os.WriteFile(notes, []byte("notes"), 0o666))
	if err := listenIPC(zmq4.NewRep(bg), notes); err == nil {
		t.Error("no error for a file that is not a socket")
	}
	if text, err := os.ReadFile(notes); string(text) != "notes" {
		t.Errorf("a file that is not a socket has %q and the error %v", text, err)
	}
}

func TestListenInterface(t *testing.T) {
	t.Parallel()
	if err := listenInterface(zmq4.NewRep(bg), "no-such-interface", 0); err == nil {
		t.Error("no error")
	}
}

// If a peer leaves, messages to it are lost, and those to others are not.
func TestTurns(t *testing.T) {
	t.Parallel()
	leaves, stays := zmq4.NewRouter(bg), zmq4.NewRouter(bg)
	dealers := turns{dealers: []zmq4.Socket{dial(zmq4.NewDealer(bg), listen(leaves)), dial(zmq4.NewDealer(bg), listen(stays))}}
	send := func(text string) error { return dealers.send(zmq4.NewMsgString(text)) }
	check(send("first"))
	check(send("second"))
	must(leaves.Recv())
	must(stays.Recv())
	check(leaves.Close())
	for i := range 5 {
		send("lost")
		check(send(fmt.Sprint(i)))
		if msg := must(stays.Recv()); string(msg.Frames[1]) != fmt.Sprint(i) {
			t.Errorf("got %q, want %d", msg.Frames[1], i)
		}
	}
}

// serveAll ends with its context, and leaves its endpoints free.
func TestServeAll(t *testing.T) {
	t.Parallel()
	endpoints := []string{host.FreeEndpoint(), host.FreeEndpoint()}
	for range 2 {
		ctx, cancel := context.WithCancel(t.Context())
		served := background(func() (string, error) {
			return "", serveAll(ctx, endpoints, func(m zmq4.Msg) zmq4.Msg { return m })
		})
		for _, endpoint := range slices.Repeat(endpoints, 2) {
			if reply, err := ask(t.Context(), endpoint, "request"); reply != "request" || err != nil {
				t.Errorf("got %q and the error %v", reply, err)
			}
		}
		cancel()
		if err := served.result(t); !errors.Is(err, context.Canceled) {
			t.Errorf("got the error %v", err)
		}
	}
	taken := serve(echo)
	if err := serveAll(t.Context(), []string{host.FreeEndpoint(), taken}, nil); err == nil {
		t.Error("no error for an endpoint that is taken")
	}
}

func TestStrictClose(t *testing.T) {
	t.Parallel()
	req := NewStrict(dial(zmq4.NewReq(bg), serve(echo)))
	if first, second := req.Close(), req.Close(); first != nil || second != nil {
		t.Errorf("Close returns %v, and then %v", first, second)
	}
	if err := req.Send(zmq4.NewMsgString("request")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Send returns %v", err)
	}
}
