package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"unicode/utf8"
)

const version = 1 // of the protocol: raise it if old clients would misunderstand a change

// A request is one frame of JSON.
type request struct {
	Version int             `json:"version"`
	ID      string          `json:"id"` // the same for each try
	Kind    string          `json:"kind"`
	Body    json.RawMessage `json:"body"`
}

// A reply is one frame of JSON. It has a body or an error.
type reply struct {
	Version int             `json:"version"`
	ID      string          `json:"id"` // the request's
	Body    json.RawMessage `json:"body,omitempty"`
	Error   *failure        `json:"error,omitempty"`
}

// A failure has a code for programs and a message for people. The codes are
// bad_request, not_found, and internal, for an error that only the log shows.
type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (f *failure) Error() string { return f.Code + ": " + f.Message }

// A handler answers requests of one kind. The client gets the handler's error
// only if it is a *failure.
type handler func(ctx context.Context, in request) (reply any, err error)

// on returns a handler that decodes the request's body for a function.
func on[In any](f func(context.Context, In) (any, error)) handler {
	return func(ctx context.Context, in request) (any, error) {
		var body In
		if err := json.Unmarshal(in.Body, &body); err != nil {
			return nil, &failure{"bad_request", err.Error()}
		}
		return f(ctx, body)
	}
}

// handlers has a handler for each kind of request.
type handlers map[string]handler

// answer returns the request and its reply. The error is for the log.
func (h handlers) answer(ctx context.Context, frames ...[]byte) (in request, out reply, err error) {
	defer func() {
		if p := recover(); p != nil { // one bad request does not end the service
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
		out.Version, out.ID = version, in.ID
		if err != nil && !errors.As(err, &out.Error) {
			out.Error = &failure{"internal", "the server failed; its log has this request's id"}
		}
	}()
	frame := slices.Concat(frames...)
	malformed := json.Unmarshal(frame, &in)
	switch handle := h[in.Kind]; {
	case len(frames) != 1, len(frame) > 64<<10, !utf8.Valid(frame): // a reply may be 12 times as long: a guard allows 1 MiB
		err = &failure{"bad_request", "a request is one frame of at most 64 KiB of UTF-8"}
	case malformed != nil:
		err = &failure{"bad_request", malformed.Error()}
	case in.Version != version, handle == nil:
		err = &failure{"bad_request", fmt.Sprintf("this server has no kind %q in version %d", in.Kind, in.Version)}
	default:
		var body any
		if body, err = handle(ctx, in); err == nil {
			out.Body, err = json.Marshal(body)
		}
	}
	return in, out, err
}
