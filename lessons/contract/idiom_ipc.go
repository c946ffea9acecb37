package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"

	"github.com/go-zeromq/zmq4"
)

// listenIPC binds to ipc://path. It removes the file that a killed service left
// there, but not the file of a service that is running.
func listenIPC(s zmq4.Socket, path string) error {
	conn, err := net.Dial("unix", path)
	if err == nil {
		conn.Close()
		return fmt.Errorf("cannot listen on %s: another service is listening there", path)
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return s.Listen("ipc://" + path)
}
