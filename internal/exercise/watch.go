package exercise

import (
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// The watcher decides whether an attempt hangs by what the process does, not by a
// clock, so that a right answer passes on a slow computer too.
//
// Every tick it looks at all goroutines. If none of them runs, sleeps or moves
// for the duration quiet, none of them ever will: the peers are goroutines of
// this process, what they send arrives over the loopback interface immediately,
// and every tick makes the scheduler look for a goroutine that can continue.
//
// Timers are the exception. The grader's timers are shorter than quiet. If a
// goroutine of the attempt may be waiting for a timer, for example because it is
// in a select outside of zmq4, the watcher waits for the duration patience.
//
// Both durations are sums of ticks, which take longer on a busy computer.
const (
	tick  = 25 * time.Millisecond
	quiet = time.Second
	busy  = 5 * time.Second // of processor time
)

var patience = 30 * time.Second // changed by a test

// A goroutine is a goroutine as [runtime.Stack] prints it.
type goroutine struct {
	id, state string
	calls     string // innermost first, each with its file and line
}

var header = regexp.MustCompile(`^goroutine (\d+) \[([^],]*?)(?: \(durable\))?[],]`)

// goroutines returns all goroutines except the caller's.
func goroutines() []goroutine {
	buf := make([]byte, 1<<20)
	var all []goroutine
	for stack := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		head, calls, _ := strings.Cut(stack, "\n")
		if m := header.FindStringSubmatch(head); m != nil {
			all = append(all, goroutine{m[1], m[2], calls})
		}
	}
	return all[1:]
}

// own reports whether a function of the attempt is on the goroutine's stack, or
// started the goroutine. callees are the functions that it called, and where is
// the line of that call.
func (g goroutine) own() (callees, where string, ok bool) {
	m := ownLine.FindStringSubmatchIndex(g.calls)
	if m == nil {
		return "", "", false
	}
	callees, file, line := g.calls[:m[0]], g.calls[m[2]:m[3]], g.calls[m[6]:m[7]]
	last := strings.LastIndex(strings.TrimSuffix(callees, "\n"), "\n") + 1
	function := callees[last:]
	callees = callees[:last]
	if line == "1" { // the compiler records no line for an empty loop
		_, name, _ := strings.Cut(function[strings.LastIndex(function, "/")+1:], ".")
		name, _, _ = strings.Cut(name, "(")
		return callees, fmt.Sprintf("%s, in function %s", file, name), true
	}
	return callees, file + ":" + line, true
}

// asleep reports whether a function of the attempt is in time.Sleep.
func (g goroutine) asleep() bool {
	callees, _, own := g.own()
	return own && g.state == "sleep" && strings.HasPrefix(callees, "time.Sleep(") && strings.Count(callees, "\n") == 2
}

// pauses reports whether a function of the attempt sleeps or waits, outside of
// zmq4.
func (g goroutine) pauses() bool {
	callees, _, own := g.own()
	return own && !strings.Contains(callees, "go-zeromq/zmq4.") && (g.asleep() || g.state == "select" || g.state == "chan receive")
}

// stuck reports whether the goroutine waits for another one. It waits forever if
// that one does not move either.
func (g goroutine) stuck() bool {
	if askPage.MatchString(g.calls) {
		return false // a web page always answers
	}
	switch g.state {
	case "running", "runnable", "preempted", "sleep":
		return false
	case "syscall":
		return strings.Contains(g.calls, "os/signal.signal_recv")
	case "select", "chan receive":
		callees, _, own := g.own()
		return !own || strings.Contains(callees, "go-zeromq/zmq4.")
	}
	return true
}

var askPage = regexp.MustCompile(`internal/browser\.(open|Loop)\(`)

// polls reports whether the goroutine is the grader's, and tries to connect to an
// attempt that does not listen.
func (g goroutine) polls() bool { return strings.Contains(g.calls, "internal/exercise.connect(") }

// A wait is a call of await.
type wait struct {
	until func([]goroutine) bool
	done  chan bool
}

// await waits until the condition holds for the current goroutines. It returns
// false as soon as nothing more will happen.
func (t *Try) await(until func([]goroutine) bool) bool {
	w := wait{until, make(chan bool)}
	t.waits <- w
	return <-w.done
}

// watch ends the try when the attempt hangs.
func (t *Try) watch() {
	var before []goroutine
	var w wait
	var still, since time.Duration // since the last change and the last event
	events, cpu := int64(0), cpuTime()
	for step := time.Millisecond; ; {
		step = min(2*step, tick)
		select {
		case w = <-t.waits:
			still, since, step = 0, 0, time.Millisecond
		case <-time.After(step):
		}
		now := goroutines()
		now = slices.DeleteFunc(now, goroutine.polls)
		if n := t.events.Load(); n != events {
			events, since, cpu = n, 0, cpuTime()
		}
		since += step
		if still += step; !slices.Equal(before, now) || slices.ContainsFunc(now, func(g goroutine) bool { return !g.stuck() }) {
			still = 0
		}
		before = now
		if check := t.check.Load(); check != nil && *check != nil {
			step = time.Millisecond
			for _, g := range now {
				if message := (*check)(g); message != "" {
					t.Fail("%s", message)
				}
			}
		}

		over := still >= quiet || since >= patience || cpuTime()-cpu >= busy
		switch {
		case w.done == nil && over:
			t.hung(now)
		case w.done != nil && (over || w.until(now)):
			w.done <- w.until(now)
			w = wait{}
			still, since, cpu = 0, 0, cpuTime()
		}
	}
}

// hung ends the try with a message that says where the attempt waits.
func (t *Try) hung(all []goroutine) {
	now, _ := t.now.Load().(string)
	where := "Your program has stopped making progress."
	for _, g := range all {
		callees, line, own := g.own()
		if !own {
			continue
		}
		if call := zmq4Call.FindStringSubmatch(callees); call != nil {
			where = fmt.Sprintf("Your program is still waiting in %s, at %s.", call[1], line)
			if now == "" {
				where += reasons[call[1]]
			}
			break
		}
		if g.state == "running" || g.state == "runnable" || strings.Contains(callees, "internal/browser.Loop(") {
			where = fmt.Sprintf("Your program is still running, at %s.", line)
			break
		}
		where = fmt.Sprintf("Your program is still waiting, at %s.", line)
	}
	t.Fail("%s", strings.TrimPrefix(now+"\n"+where, "\n"))
}

var zmq4Call = regexp.MustCompile(`go-zeromq/zmq4\..*\.(Recv|Send|SendMulti|Dial|Close|Listen)\(`)

// reasons says why an attempt may wait forever in a function of zmq4, if no other
// event explains it.
var reasons = map[string]string{
	"Recv": "\nNo message will arrive. A REQ socket sends before it receives, and a REP socket replies to every request before it receives the next one.",
	"Send": "\nNobody receives what it sends.",
	"Dial": "\nNobody answers at that endpoint.",
}
