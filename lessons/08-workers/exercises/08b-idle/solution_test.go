package idle

import "slices"

// Append a worker that is ready, and take the first one for a request. Then the
// order is right.
//
// slices.Contains reports whether a worker is already idle.
//
// slices.DeleteFunc removes a worker, wherever it is.
func solution(p *Pool, event, worker string) string {
	switch event {
	case "ready":
		if !slices.Contains(p.Idle, worker) {
			p.Idle = append(p.Idle, worker)
		}
		return "ok"
	case "bye":
		p.Idle = slices.DeleteFunc(p.Idle, func(name string) bool { return name == worker })
		return "ok"
	default:
		if len(p.Idle) == 0 {
			return "error: no worker is idle"
		}
		worker, p.Idle = p.Idle[0], p.Idle[1:]
		return worker
	}
}
