package main

import (
	"context"
	"fmt"
	"net"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/transport"
)

// tcp4 is a transport that listens on IPv4 only, for endpoints such as
// tcp4://*:5555. listenInterface binds to a network interface by its name.
//
//	zmq4.RegisterTransport("tcp4", tcp4{transport.New("tcp")})
type tcp4 struct{ transport.Transport }

func (tcp4) Listen(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	return config.Listen(ctx, "tcp4", address)
}

// listenInterface binds to the first IPv4 address of a network interface, such
// as eth0. Port 0 means any free port.
func listenInterface(s zmq4.Socket, name string, port int) error {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return err
	}
	addresses, err := i.Addrs()
	if err != nil {
		return err
	}
	for _, address := range addresses {
		if n, ok := address.(*net.IPNet); ok && n.IP.To4() != nil {
			return s.Listen(fmt.Sprintf("tcp://%s:%d", n.IP, port))
		}
	}
	return fmt.Errorf("the interface %s has no IPv4 address", name)
}
