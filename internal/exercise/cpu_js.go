package exercise

import (
	"time"

	"zeromq-lessons/internal/browser"
)

// cpuTime returns how long this process has run loops without a pause.
func cpuTime() time.Duration { return browser.Computed() }
