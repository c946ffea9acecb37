// Package idle is exercise 08b: the worker that has been idle for longest.
package idle

// A Pool has the names of the idle workers.
type Pool struct {
	Idle []string
}

// Tell tells the pool what happened, and returns the reply to it:
//
//	"ready", worker   the worker is idle now; the reply is "ok"
//	"bye", worker     the worker leaves; the reply is "ok"
//	"request"         the reply is the name of the worker that has been idle for
//	                  longest, which is then no longer idle, or "error: no worker
//	                  is idle"
//
// A worker that says "ready" although it is idle already keeps its place. One
// that says "bye" although it is not idle changes nothing.
func (p *Pool) Tell(event, worker string) string {
	panic("TODO: keep the names of the idle workers in order")
}
