// Tcp compares a TCP connection for each client, with a length in front of each
// message, and nothing else: an upper limit for the others.
package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"

	"zeromq-lessons/docs/compare/peer"
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

func echo(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	var msg []byte
	for {
		header, err := in.Peek(4)
		if err != nil {
			return
		}
		n := 4 + int(binary.BigEndian.Uint32(header))
		if n > peer.MaxSize {
			return
		}
		if len(msg) < n {
			msg = make([]byte, n)
		}
		if _, err := io.ReadFull(in, msg[:n]); err != nil {
			return
		}
		if _, err := conn.Write(msg[:n]); err != nil {
			return
		}
	}
}

func dial(addr string, size int) (peer.Trip, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	in := bufio.NewReader(conn)
	msg := append(binary.BigEndian.AppendUint32(nil, uint32(size)), make([]byte, size)...)
	reply := make([]byte, len(msg))
	return func() error {
		if _, err := conn.Write(msg); err != nil {
			return err
		}
		_, err := io.ReadFull(in, reply)
		return err
	}, nil
}
