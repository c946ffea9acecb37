package idle

import "slices"

// It takes the worker that became idle last, so one worker does all the work.
func wrongLast(p *Pool, event, worker string) string {
	if event != "request" || len(p.Idle) == 0 {
		return solution(p, event, worker)
	}
	last := len(p.Idle) - 1
	worker, p.Idle = p.Idle[last], p.Idle[:last]
	return worker
}

// It takes turns, and gives work to a worker that is not idle.
func wrongRotates(p *Pool, event, worker string) string {
	if event != "request" || len(p.Idle) == 0 {
		return solution(p, event, worker)
	}
	worker = p.Idle[0]
	p.Idle = append(p.Idle[1:], worker)
	return worker
}

// A worker that says ready twice is given two requests.
func wrongTwice(p *Pool, event, worker string) string {
	if event != "ready" {
		return solution(p, event, worker)
	}
	p.Idle = append(p.Idle, worker)
	return "ok"
}

// A worker that says ready again goes to the end.
func wrongLosesPlace(p *Pool, event, worker string) string {
	if event == "ready" {
		p.Idle = slices.DeleteFunc(p.Idle, func(name string) bool { return name == worker })
	}
	return solution(p, event, worker)
}

// It removes the first worker instead of the one that said bye.
func wrongBye(p *Pool, event, worker string) string {
	if event == "bye" && len(p.Idle) > 0 {
		p.Idle = p.Idle[1:]
		return "ok"
	}
	return solution(p, event, worker)
}
