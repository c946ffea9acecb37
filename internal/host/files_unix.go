//go:build unix

package host

import "syscall"

// Files returns how many files a process may have open at the same time.
func Files() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return int(min(uint64(limit.Cur), 1<<30)) // it is signed on some systems
}
