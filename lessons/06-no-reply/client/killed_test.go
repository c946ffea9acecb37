package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"os/exec"
	"sync"
	"testing"
	"time"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
)

func TestMain(m *testing.M) { lessontest.Main(m, "../server") }

// Clients send a hundred requests to a server that is killed twelve times. Each
// request gets its own reply.
func TestKilledServer(t *testing.T) {
	t.Parallel()
	log.SetOutput(io.Discard) // ask logs each failure
	t.Run("go", func(t *testing.T) {
		testKilledServer(t, "1h", lessontest.Program("server"))
	})
	t.Run("pyzmq", func(t *testing.T) {
		if !host.Required("thorough") {
			t.Skip("CI starts Python a dozen times: LESSONS_REQUIRE=thorough")
		}
		testKilledServer(t, "3600", lessontest.Python(t), "-u", "../python/server.py")
	})
}

func testKilledServer(t *testing.T, hour string, server ...string) {
	endpoint := host.FreeEndpoint()
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	killing, killed := context.WithCancel(ctx)

	// Each of five clients sends at least twenty requests, and continues as long
	// as servers are killed.
	var clients sync.WaitGroup
	for c := range 5 {
		clients.Go(func() {
			client := client{endpoint: endpoint, timeout: time.Minute, tries: 1000}
			defer client.close()
			for n := 0; n < 20 || killing.Err() == nil; n++ {
				name := fmt.Sprintf("client %d, request %d", c, n)
				reply, err := client.ask(ctx, name)
				if want := "Hello, " + name + "!"; err != nil || reply != want {
					t.Errorf("%s got %q and the error %v", name, reply, err)
					return
				}
			}
		})
	}
	t.Cleanup(clients.Wait)
	go func() { clients.Wait(); stop() }()

	// One server is killed after it received a request, before it replies. The
	// next is killed after ten requests. The last is not killed.
	server = append(server, "-bind", endpoint)
	for range 6 {
		serve(ctx, t, 1, append(server, "-slow", hour)...)
		serve(ctx, t, 10, server...)
	}
	killed()
	serve(ctx, t, math.MaxInt, server...)
}

// serve starts a server and kills it when it has received this many requests, or
// when the context ends.
func serve(ctx context.Context, t *testing.T, requests int, args ...string) {
	server := exec.CommandContext(ctx, args[0], args[1:]...)
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer server.Wait()
	defer server.Process.Kill()
	lines := bufio.NewScanner(stdout) // one for each request
	for range requests {
		if lines.Scan() {
			continue
		}
		if ctx.Err() == nil {
			t.Fatalf("%q exited", args)
		}
		return
	}
}
