package main

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"
)

// A service that takes the connection and says nothing holds up nobody for
// longer than the context says.
func TestMuteService(t *testing.T) {
	t.Parallel()
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mute.Close() })
	endpoint := "tcp://" + mute.Addr().String()

	for name, ask := range map[string]func(ctx context.Context) (string, error){
		"ask":      func(ctx context.Context) (string, error) { return ask(ctx, endpoint, "request") },
		"askAgain": func(ctx context.Context) (string, error) { return askAgain(ctx, endpoint, "request") },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() {
				_, err := ask(ctx)
				done <- err
			}()
			conn, err := mute.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			cancel()
			select {
			case err := <-done:
				if !errors.Is(err, context.Canceled) {
					t.Errorf("got the error %v, want %v", err, context.Canceled)
				}
			case <-time.After(patience):
				t.Fatal("it still waits")
			}
		})
	}
	t.Run("rotation", func(t *testing.T) {
		all := rotation{services: []string{endpoint, serve(echo)}}
		if reply, err := all.ask(t.Context(), "request"); reply != "request" || err != nil {
			t.Errorf("got %q and the error %v, want the reply of the second service", reply, err)
		}
	})
}
