// Nats compares request and reply through a NATS server. The server
// and the service that replies share a process, but they still talk over TCP.
package main

import (
	"errors"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"zeromq-lessons/docs/compare/peer"
)

func main() { peer.Main(serve, dial) }

func serve() (addr string, err error) {
	broker, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, MaxPayload: peer.MaxSize, NoLog: true, NoSigs: true,
	})
	if err != nil {
		return "", err
	}
	broker.Start()
	if !broker.ReadyForConnections(10 * time.Second) {
		return "", errors.New("the NATS server is not ready")
	}
	conn, err := nats.Connect("nats://" + broker.Addr().String())
	if err != nil {
		return "", err
	}
	if _, err := conn.Subscribe("echo", func(m *nats.Msg) { m.Respond(m.Data) }); err != nil {
		return "", err
	}
	return broker.Addr().String(), conn.Flush()
}

func dial(addr string, size int) (peer.Trip, error) {
	conn, err := nats.Connect("nats://" + addr)
	body := make([]byte, size)
	return func() error {
		m, err := conn.Request("echo", body, time.Minute)
		if err != nil {
			return err
		}
		return peer.Same(len(m.Data), size)
	}, err
}
