//go:build unix

package guard

import "syscall"

// writeAtOnce writes as much of the parts as the kernel takes without waiting,
// and returns the rest.
func writeAtOnce(raw syscall.RawConn, parts [][]byte) [][]byte {
	if raw == nil {
		return parts
	}
	raw.Control(func(fd uintptr) {
		for len(parts) > 0 {
			n := 0
			if len(parts[0]) > 0 {
				n, _ = syscall.Write(int(fd), parts[0]) // an error occurs again when the rest is written
			}
			if parts[0] = parts[0][max(n, 0):]; len(parts[0]) > 0 {
				return
			}
			parts = parts[1:]
		}
	})
	return parts
}

// shutdownIfIdle ends what we send on a connection, so that the peer sends no
// more, unless it has sent something that has not been read. It reports whether
// the peer was idle.
func shutdownIfIdle(raw syscall.RawConn) bool {
	idle := true
	if raw == nil {
		return idle
	}
	raw.Control(func(fd uintptr) {
		var b [1]byte
		n, _, _ := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK)
		if idle = n <= 0; idle {
			syscall.Shutdown(int(fd), syscall.SHUT_WR)
		}
	})
	return idle
}
