package host

import (
	"net"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// No program accepts a connection at a free endpoint, even if processes are
// started while FreeEndpoint looks for it.
func TestFreeEndpointFork(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a child inherits no listener here")
	}
	rounds := 20
	if Required("thorough") {
		rounds = 2000
	}
	stop := make(chan bool)
	defer close(stop)
	for range 4 {
		go func() {
			for {
				select {
				case <-stop:
					return
				default:
					exec.Command("true").Run()
				}
			}
		}()
	}
	for range rounds {
		endpoint := FreeEndpoint()
		conn, err := net.DialTimeout("tcp", strings.TrimPrefix(endpoint, "tcp://"), time.Minute)
		if err == nil {
			conn.Close()
			t.Fatalf("%s took a connection", endpoint)
		}
	}
}

// A process gets the free ports of one block. If all blocks belong to other
// processes, it gets free ports of any block.
func TestFreeEndpointTaken(t *testing.T) {
	const first = 19900 // below the blocks that the tests use
	get := func(p *pool) string {
		endpoint := p.endpoint()
		l, err := net.Listen("tcp", strings.TrimPrefix(endpoint, "tcp://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		return strings.TrimPrefix(endpoint, "tcp://127.0.0.1:")
	}
	one := &pool{first: first, blocks: 1, size: 5}
	got := []string{get(one), get(one)}
	defer one.lock.Close()
	if want := []string{"19901", "19902"}; !slices.Equal(got, want) {
		t.Errorf("the process of the block got the ports %q, want %q", got, want)
	}
	other := &pool{first: first, blocks: 1, size: 5}
	got = []string{get(other), get(other)}
	slices.Sort(got)
	if want := []string{"19903", "19904"}; !slices.Equal(got, want) {
		t.Errorf("another process got the ports %q, want those left, %q", got, want)
	}
}
