package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
)

// serve answers requests, as many at the same time as there are goroutines. When
// the context ends, it finishes the requests that it is working on, and returns.
func serve(ctx context.Context, router zmq4.Socket, h handlers, goroutines int) {
	requests := make(chan zmq4.Msg) // unbuffered: others wait in their connections
	go func() {
		for {
			msg, err := router.Recv()
			if err != nil {
				return // the socket is closed
			}
			requests <- msg
		}
	}()
	var working sync.WaitGroup
	defer working.Wait()
	for range max(1, goroutines) {
		working.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case msg := <-requests:
					answer(context.WithoutCancel(ctx), router, h, msg.Frames)
				}
			}
		})
	}
}

// answer replies to a request, which is an envelope (up to an empty frame) and JSON.
func answer(ctx context.Context, router zmq4.Socket, h handlers, frames [][]byte) {
	start := time.Now()
	end := slices.IndexFunc(frames, func(frame []byte) bool { return len(frame) == 0 }) + 1
	in, out, err := h.answer(ctx, frames[end:]...)
	data, _ := json.Marshal(out) // cannot fail
	err = errors.Join(err, router.SendMulti(zmq4.NewMsgFrom(append(frames[:end:end], data)...)))
	level := slog.LevelInfo
	if out.Error != nil && out.Error.Code == "internal" {
		level = slog.LevelError
	}
	slog.Log(ctx, level, "request", "id", in.ID, "kind", in.Kind, "seconds", time.Since(start).Seconds(), "error", err)
}
