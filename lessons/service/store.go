package main

import (
	"context"
	"sync"
)

// An entry is the body of a request to put or get, and of its reply.
type entry struct {
	Key   string `json:"key"`
	Value string `json:"value,omitempty"`
}

// newStore returns the handlers of an empty store. They are idempotent.
func newStore() handlers {
	var values sync.Map
	return handlers{
		"put": on(func(_ context.Context, in entry) (any, error) {
			values.Store(in.Key, in.Value)
			return in, nil
		}),
		"get": on(func(_ context.Context, in entry) (any, error) {
			value, ok := values.Load(in.Key)
			if !ok {
				return nil, &failure{"not_found", "no value for key " + in.Key}
			}
			return entry{in.Key, value.(string)}, nil
		}),
	}
}
