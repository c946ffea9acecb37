package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"

	"github.com/go-zeromq/zmq4"
)

// listenIPC binds to ipc://path. It removes the socket file that a killed service
// left there, but no file of a running service and no file that is not a socket.
func listenIPC(s zmq4.Socket, path string) error {
	conn, err := net.Dial("unix", path)
	if err == nil {
		conn.Close()
		return fmt.Errorf("cannot listen on %s: another service is listening there", path)
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		if info.Mode()&fs.ModeSocket == 0 { // Linux refuses a connection to it, too
			return fmt.Errorf("cannot listen on %s: it is not a socket", path)
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return s.Listen("ipc://" + path)
}
