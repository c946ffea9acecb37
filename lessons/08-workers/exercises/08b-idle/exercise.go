// Package idle is exercise 08b: the worker that has been idle the longest.
package idle

// A Pool has the names of the idle workers.
type Pool struct {
	Idle []string
}

// Tell tells the pool what happened, and returns the reply to it:
//
//	"ready", worker   the worker is idle now; the reply is "ok"
//	"bye", worker     the worker leaves; the reply is "ok"
//	"request"         the reply is the name of the worker that has been idle the
//	                  longest, which is then no longer idle, or "error: no worker
//	                  is idle"
//
// If a worker that is already idle says "ready", it keeps its place. If a worker
// that is not idle says "bye", nothing changes.
func (p *Pool) Tell(event, worker string) string {
	panic("TODO: keep the names of the idle workers in order")
}
