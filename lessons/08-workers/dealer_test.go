package workers_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/host"
)

// ZeroMQ's DEALER gives each request to one worker. zmq4's gives it to all.
func TestDealer(t *testing.T) {
	dealer := zmq4.NewDealer(t.Context())
	defer dealer.Close()
	received := make(chan string)
	for worker := 1; worker <= 2; worker++ {
		rep := zmq4.NewRep(t.Context())
		defer rep.Close()
		endpoint := host.FreeEndpoint()
		if err := rep.Listen(endpoint); err != nil {
			t.Fatal(err)
		}
		if err := dealer.Dial(endpoint); err != nil {
			t.Fatal(err)
		}
		go func() {
			for {
				msg, err := rep.Recv()
				if err != nil {
					return
				}
				received <- fmt.Sprintf("worker %d received %q", worker, msg.Bytes())
				rep.Send(msg)
			}
		}()
	}

	for _, name := range []string{"World", "Gophers"} {
		if err := dealer.SendMulti(zmq4.NewMsgFromString([]string{"", name})); err != nil {
			t.Fatal(err)
		}
	}

	var got []string
	for range 4 {
		select {
		case line := <-received:
			got = append(got, line)
		case <-time.After(patience):
			t.Fatalf("received only %q", got)
		}
	}
	slices.Sort(got)
	want := []string{
		`worker 1 received "Gophers"`, `worker 1 received "World"`,
		`worker 2 received "Gophers"`, `worker 2 received "World"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
