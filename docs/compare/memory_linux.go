package main

import (
	"os"
	"syscall"
)

// maxResident returns the largest memory that a process had, in bytes.
func maxResident(state *os.ProcessState) int64 {
	return state.SysUsage().(*syscall.Rusage).Maxrss << 10
}
