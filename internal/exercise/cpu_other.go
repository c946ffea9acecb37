//go:build !unix

package exercise

import "time"

// cpuTime returns 0: a loop that never waits is told apart by [patience] alone.
func cpuTime() time.Duration { return 0 }
