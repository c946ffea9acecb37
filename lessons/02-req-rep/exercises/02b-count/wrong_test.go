package count

import (
	"context"
	"fmt"

	"github.com/go-zeromq/zmq4"
)

// It has one count for all names.
func wrongOneForAll(ctx context.Context, endpoint string) error {
	n := 0
	return wrongServe(ctx, endpoint, func(name string) string {
		n++
		return fmt.Sprintf("%s: %d", name, n)
	})
}

// It starts again with empty counts for every request.
func wrongForgetful(ctx context.Context, endpoint string) error {
	return wrongServe(ctx, endpoint, func(name string) string {
		counts := make(map[string]int)
		counts[name]++
		return fmt.Sprintf("%s: %d", name, counts[name])
	})
}

// It counts a request only after it has built the reply.
func wrongOneLess(ctx context.Context, endpoint string) error {
	counts := make(map[string]int)
	return wrongServe(ctx, endpoint, func(name string) string {
		defer func() { counts[name]++ }()
		return fmt.Sprintf("%s: %d", name, counts[name])
	})
}

// It does not create the map.
func wrongNilMap(ctx context.Context, endpoint string) error {
	var counts map[string]int
	return wrongServe(ctx, endpoint, func(name string) string {
		counts[name]++
		return fmt.Sprintf("%s: %d", name, counts[name])
	})
}

func wrongServe(ctx context.Context, endpoint string, answer func(name string) string) error {
	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	for {
		msg, err := rep.Recv()
		if err != nil {
			return nil
		}
		if err := rep.Send(zmq4.NewMsgString(answer(string(msg.Bytes())))); err != nil {
			return err
		}
	}
}

// It does not reply to the first request with a name.
func wrongSilent(ctx context.Context, endpoint string) error {
	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	counts := make(map[string]int)
	for {
		msg, err := rep.Recv()
		if err != nil {
			return nil
		}
		name := string(msg.Bytes())
		counts[name]++
		if counts[name] == 1 {
			continue
		}
		if err := rep.Send(zmq4.NewMsgString(fmt.Sprintf("%s: %d", name, counts[name]))); err != nil {
			return err
		}
	}
}

// It starts a goroutine for each request. They share the map without a lock, and
// a REP socket replies to the request that it received last.
func wrongGoroutines(ctx context.Context, endpoint string) error {
	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	counts := make(map[string]int)
	for {
		msg, err := rep.Recv()
		if err != nil {
			return nil
		}
		go func() {
			name := string(msg.Bytes())
			counts[name]++
			rep.Send(zmq4.NewMsgString(fmt.Sprintf("%s: %d", name, counts[name])))
		}()
	}
}
