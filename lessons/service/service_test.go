package main

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"zeromq-lessons/lessons/07-strangers/guard"
)

// The handlers need no socket.
func TestAnswer(t *testing.T) {
	h := newStore()
	h["panic"] = on(func(context.Context, entry) (any, error) { panic("a mistake") })
	h["id"] = func(_ context.Context, in request) (any, error) { return in.ID, nil }
	h["fail"] = on(func(context.Context, entry) (any, error) { return nil, errors.New("a secret") })
	const internal = `"error":{"code":"internal","message":"the server failed; its log has this request's id"}}`
	for _, test := range []struct{ request, want string }{
		{`{"version":1,"id":"a","kind":"put","body":{"key":"k","value":"v"}}`, `{"version":1,"id":"a","body":{"key":"k","value":"v"}}`},
		{`{"version":1,"id":"b","kind":"get","body":{"key":"k"}}`, `{"version":1,"id":"b","body":{"key":"k","value":"v"}}`},
		{`{"version":1,"id":"c","kind":"get","body":{"key":"x"}}`, `{"version":1,"id":"c","error":{"code":"not_found","message":"no value for key x"}}`},
		{`{"version":1,"id":"d","kind":"put","body":[]}`, `{"version":1,"id":"d","error":{"code":"bad_request","message":"json: cannot unmarshal array into Go value of type main.entry"}}`},
		{`{"version":2,"id":"e","kind":"get"}`, `{"version":1,"id":"e","error":{"code":"bad_request","message":"this server has no kind \"get\" in version 2"}}`},
		{`{"version":1,"id":"f","kind":"drop"}`, `{"version":1,"id":"f","error":{"code":"bad_request","message":"this server has no kind \"drop\" in version 1"}}`},
		{`{"version":1,"id":"i","kind":"put","body":{"key":"` + "\xff" + `"}}`, `{"version":1,"id":"i","error":{"code":"bad_request","message":"a request is one frame of at most 64 KiB of UTF-8"}}`},
		{`{"version":1,"id":"j","kind":"id"}`, `{"version":1,"id":"j","body":"j"}`},
		{`{"version":1,"id":"g","kind":"panic","body":{"key":"k"}}`, `{"version":1,"id":"g",` + internal},
		{`{"version":1,"id":"h","kind":"fail","body":{"key":"k"}}`, `{"version":1,"id":"h",` + internal},
	} {
		_, out, _ := h.answer(t.Context(), []byte(test.request))
		if got, err := json.Marshal(out); err != nil || string(got) != test.want {
			t.Errorf("%s: got %s, %v, want %s", test.request, got, err, test.want)
		}
	}
	_, out, _ := h.answer(t.Context(), []byte(`{"version":1,`), []byte(`"kind":"id"}`)) // two frames
	if out.Error == nil || out.Error.Code != "bad_request" {
		t.Errorf("a request in two frames: got %+v", out)
	}
}

// A client asks over a socket. At the end, the service finishes its requests.
func TestServe(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	router := zmq4.NewRouter(context.Background())
	defer router.Close()
	err := guard.Register("guard", guard.Limits{Report: func(err error) { t.Error(err) }})
	if err = errors.Join(err, router.Listen("guard://127.0.0.1:0")); err != nil { // a free port
		t.Fatal(err)
	}
	working, finish, ended := make(chan bool), make(chan bool), make(chan bool)
	h := newStore()
	h["slow"] = on(func(ctx context.Context, _ any) (any, error) { working <- true; return <-finish, ctx.Err() })
	go func() { serve(ctx, router, h, 2); close(ended) }()
	c := client{endpoint: "guard://" + router.Addr().String(), timeout: time.Minute, tries: 1}
	var got entry
	put, get := c.call(t.Context(), "put", entry{"color", "green"}, &got), c.call(t.Context(), "get", entry{Key: "size"}, &got)
	if put != nil || got.Value != "green" || !errors.As(get, new(*failure)) {
		t.Errorf("put: %v, %v, get: %v", got, put, get)
	}
	slow := make(chan error)
	go func() { slow <- c.call(t.Context(), "slow", nil, new(bool)) }()
	<-working
	if err := c.call(t.Context(), "get", entry{Key: "color"}, &got); err != nil || got.Value != "green" {
		t.Errorf("get during a slow request: %v, %v", got, err)
	}
	stop()
	finish <- true
	if err := <-slow; err != nil {
		t.Errorf("the request that was worked on at the end: %v", err)
	}
	<-ended
}
