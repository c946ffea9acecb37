//go:build !unix

package guard

import "syscall"

// writeAtOnce leaves everything to the goroutine, because here a write that was
// interrupted does not say how much it wrote (https://go.dev/issue/24727).
func writeAtOnce(_ syscall.RawConn, parts [][]byte) [][]byte { return parts }

// shutdownIfIdle cannot look at what has been received.
func shutdownIfIdle(syscall.RawConn) bool { return true }
