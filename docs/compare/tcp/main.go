// Tcp compares a TCP connection for each client, without any library: the limit
// for all others. It sends the bytes that ZeroMQ sends, so its clients can also ask
// ZeroMQ's servers. Nothing is allocated or copied after the handshake.
package main

import (
	"encoding/binary"
	"io"
	"net"
	"strings"

	"zeromq-lessons/docs/compare/peer"
	"zeromq-lessons/internal/zmtptest"
)

func main() { peer.Main(serve, dial) }

func serve() (addr string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go echo(conn)
		}
	}()
	return l.Addr().String(), nil
}

// echo answers each message with itself. A client waits for its reply, so there is
// never more than one message.
func echo(conn net.Conn) {
	defer conn.Close()
	p := zmtptest.NewPeer(conn)
	if p.Handshake("REP") != nil {
		return
	}
	buf := make([]byte, peer.MaxSize)
	for n := 0; n < len(buf); {
		got, err := p.Read(buf[n:])
		if err != nil {
			return
		}
		if n += got; whole(buf[:n]) {
			if _, err := conn.Write(buf[:n]); err != nil {
				return
			}
			n = 0
		}
	}
}

// whole reports whether a message is complete: the delimiter, a frame of no bytes,
// and a frame with the body.
func whole(msg []byte) bool {
	switch {
	case len(msg) < 4 || msg[2] == zmtptest.Long && len(msg) < 11:
		return false
	case msg[2] == zmtptest.Long:
		return uint64(len(msg)) >= 11+binary.BigEndian.Uint64(msg[3:])
	default:
		return len(msg) >= 4+int(msg[3])
	}
}

func dial(addr string, size int) (peer.Trip, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	p := zmtptest.NewPeer(conn)
	msg := zmtptest.Message(strings.Repeat("x", size))
	reply := make([]byte, len(msg))
	return func() error {
		if _, err := conn.Write(msg); err != nil {
			return err
		}
		_, err := io.ReadFull(p, reply)
		return err
	}, p.Handshake("REQ")
}
