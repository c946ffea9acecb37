package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-zeromq/zmq4"
)

// Each test is a conversation with a broker. A line that begins with < is an
// event:
//
//	< client c: Ada            a request from the client c
//	< worker w: ready Hello    a message from the worker w
//	< 2s                       time passes
//	< close                    Ctrl-C
//
// The other lines are the messages that the broker then sends.
var tables = []struct{ name, talk string }{
	{"a request waits for a worker", `
		< client c: Ada
		< worker w: ready
		worker w: request Ada
		< worker w: ready Hello
		client c: Hello
	`},
	{"idle the longest", `
		< worker v: ready
		< worker w: ready
		< client a: 1
		worker v: request 1
		< client b: 2
		worker w: request 2
		< worker w: ready two
		client b: two
		< worker v: ready one
		client a: one
		< client c: 3
		worker w: request 3
		< client d: 4
		worker v: request 4
	`},
	{"a ping does not change the order", `
		< worker v: ready
		< worker w: ready
		< 1s
		worker v: ping
		worker w: ping
		< worker w: ready
		< worker v: ready
		< client a: 1
		worker v: request 1
	`},
	{"a worker that has been sent a ping is given nothing", `
		< worker v: ready
		< 1s
		worker v: ping
		< client a: 1
		< worker v: ready
		worker v: request 1
	`},
	{"the queue is full", `
		< client a: 1
		< client b: 2
		< client c: 3
		client c: error: the queue is full
		< worker w: ready
		worker w: request 1
		< client d: 4
		< client e: 5
		client e: error: the queue is full
	`},
	{"no worker is free in time", `
		< client a: 1
		< 2900ms
		< client b: 2
		< 100ms
		client a: error: no worker was free within 3s
		< worker w: ready
		worker w: request 2
	`},
	{"a worker hangs, and its reply is too late", `
		< worker w: ready
		< client a: 1
		worker w: request 1
		< 2900ms
		< 100ms
		client a: error: no reply from a worker within 3s
		< client b: 2
		< worker w: ready one
		worker w: request 2
		< worker w: ready two
		client b: two
	`},
	{"a worker dies while it is idle", `
		< worker v: ready
		< worker w: ready
		< 1s
		worker v: ping
		worker w: ping
		< worker w: ready
		< client a: 1
		worker w: request 1
		< 3s
		client a: error: no reply from a worker within 3s
		< client b: 2
		< worker x: ready
		worker x: request 2
	`},
	{"a worker leaves with its reply", `
		< worker w: ready
		< client a: 1
		worker w: request 1
		< client b: 2
		< worker w: bye one
		client a: one
		worker w: bye
		< worker v: ready
		worker v: request 2
	`},
	{"a worker leaves while it is idle", `
		< worker w: ready
		< 1s
		worker w: ping
		< worker w: bye
		worker w: bye
		< client a: 1
		< 10s
		client a: error: no worker was free within 3s
	`},
	{"a worker starts again with its identity", `
		< worker w: ready
		< client a: 1
		worker w: request 1
		< worker w: ready
		client a: error: the worker started again
		< client b: 2
		worker w: request 2
	`},
	{"a worker that says ready twice is one worker", `
		< worker w: ready
		< worker w: ready
		< client a: 1
		worker w: request 1
		< client b: 2
	`},
	{"a bye from nowhere", `
		< worker w: bye late
		worker w: bye
		< client a: 1
	`},
	{"not a worker", `
		< worker w: World
		worker w: error: this endpoint is for workers
		< client a: 1
	`},
	{"Ctrl-C", `
		< worker w: ready
		< client a: 1
		worker w: request 1
		< client b: 2
		< close
		client b: error: the broker is closing
		< client c: 3
		client c: error: the broker is closing
		< worker v: ready
		< worker w: ready one
		client a: one
		< done
	`},
	{"Ctrl-C while a worker hangs", `
		< worker w: ready
		< client a: 1
		worker w: request 1
		< close
		< 3s
		client a: error: no reply from a worker within 3s
		< done
	`},
	{"Ctrl-C with nothing to do", `
		< worker w: ready
		< close
		< done
	`},
}

// In these tests, at most two workers may get the same request.
var repeatedTables = []struct{ name, talk string }{
	{"a worker dies with a request", `
		< worker v: ready
		< client a: 1
		worker v: request 1
		< 2500ms
		< worker w: ready
		< 500ms
		worker w: request 1
		< worker v: ready late
		< worker w: ready one
		client a: one
	`},
	{"a repeated request goes before those that wait, and may wait again", `
		< worker v: ready
		< client a: 1
		worker v: request 1
		< 1s
		< client b: 2
		< client c: 3
		< 2s
		< 1s
		client b: error: no worker was free within 3s
		client c: error: no worker was free within 3s
		< 1900ms
		< worker w: ready
		worker w: request 1
	`},
	{"Ctrl-C while a worker hangs, and another is idle", `
		< worker v: ready
		< client a: 1
		worker v: request 1
		< 2500ms
		< worker w: ready
		< close
		< 500ms
		client a: error: no reply from a worker within 3s
		< done
	`},
	{"two workers die with a request", `
		< worker v: ready
		< client a: 1
		worker v: request 1
		< 2500ms
		< worker w: ready
		< 500ms
		worker w: request 1
		< 2500ms
		< worker x: ready
		< 500ms
		client a: error: no reply from a worker within 3s
	`},
}

func TestBroker(t *testing.T) {
	for _, test := range tables {
		t.Run(test.name, func(t *testing.T) { converse(t, 1, test.talk) })
	}
	for _, test := range repeatedTables {
		t.Run(test.name, func(t *testing.T) { converse(t, 2, test.talk) })
	}
}

// converse runs a conversation with a broker that has a queue of two requests and
// a deadline of three seconds.
func converse(t *testing.T, tries int, talk string) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		say := func(to string) func(zmq4.Msg) error {
			return func(msg zmq4.Msg) error {
				got = append(got, fmt.Sprintf("%s %s: %s", to, msg.Frames[0], join(msg.Frames[2:], " ")))
				return nil
			}
		}
		b := &broker{queue: 2, heartbeat: time.Second, deadline: 3 * time.Second, tries: tries, toClient: say("client"), toWorker: say("worker")}

		var want []string
		for line := range strings.Lines(talk) {
			line = strings.TrimSpace(line)
			told, ok := strings.CutPrefix(line, "< ")
			switch {
			case line == "":
				continue
			case !ok:
				want = append(want, line)
				continue
			case !slices.Equal(got, want):
				t.Fatalf("before %q the broker says\n%q, want\n%q", line, got, want)
			}
			got, want = nil, nil
			tell(t, b, told)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("at last the broker says\n%q, want\n%q", got, want)
		}
	})
}

func tell(t *testing.T, b *broker, told string) {
	if d, err := time.ParseDuration(told); err == nil {
		for end := time.Now().Add(d); time.Now().Before(end); b.tick() {
			time.Sleep(100 * time.Millisecond)
		}
		return
	}
	who, what, _ := strings.Cut(told, ": ")
	kind, name, _ := strings.Cut(who, " ")
	frames := [][]byte{[]byte(name), nil}
	for _, word := range strings.Fields(what) {
		frames = append(frames, []byte(word))
	}
	switch kind {
	case "client":
		b.fromClient(zmq4.NewMsgFrom(frames...))
	case "worker":
		b.fromWorker(zmq4.NewMsgFrom(frames...))
	case "close":
		b.close()
	case "done":
		if !b.done() {
			t.Fatal("the broker goes on")
		}
		return
	default:
		t.Fatalf("unknown line %q", told)
	}
}

// join joins frames by a separator.
func join(frames [][]byte, sep string) string {
	words := make([]string, len(frames))
	for i, frame := range frames {
		words[i] = string(frame)
	}
	return strings.Join(words, sep)
}

// An envelope may have frames between the identity and the empty frame, which go
// back to the client. Any frames after the empty frame go to the worker. A message
// without an empty frame is not a request.
func TestEnvelope(t *testing.T) {
	tests := []struct {
		frames, want string
	}{
		{"c||Ada", "c||Hello"},
		{"c|x|y||Ada|", "c|x|y||Hello"},
		{"c||", "c||Hello"},
		{"c|", "c||Hello"},
		{"c|Ada", ""},
		{"c", ""},
	}
	for _, test := range tests {
		var request, reply string
		b := &broker{queue: 1, deadline: time.Second, heartbeat: time.Second, tries: 1,
			toClient: func(msg zmq4.Msg) error { reply = join(msg.Frames, "|"); return nil },
			toWorker: func(msg zmq4.Msg) error { request = join(msg.Frames, "|"); return nil },
		}
		b.fromWorker(zmq4.NewMsgFromString([]string{"w", "", "ready"}))
		b.fromClient(zmq4.NewMsgFromString(strings.Split(test.frames, "|")))
		if test.want == "" {
			if request != "" {
				t.Errorf("%q: the worker received %q", test.frames, request)
			}
			continue
		}
		_, body, _ := strings.Cut(test.frames, "||")
		want := "w||request"
		if test.frames != "c|" {
			want += "|" + body
		}
		if request != want {
			t.Errorf("%q: the worker received %q, want %q", test.frames, request, want)
		}
		b.fromWorker(zmq4.NewMsgFromString([]string{"w", "", "ready", "Hello"}))
		if reply != test.want {
			t.Errorf("%q: the client received %q, want %q", test.frames, reply, test.want)
		}
	}
}
