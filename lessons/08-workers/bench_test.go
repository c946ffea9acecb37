package workers_test

import (
	"fmt"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/lessontest"
)

// BenchmarkBroker sends requests from 32 clients through a broker to 1, 2, 4 or
// 8 workers, which sleep for 5 ms per request or not at all. Without work, it measures
// the broker. Broker and workers are processes on this computer, and the clients
// are goroutines of the benchmark.
func BenchmarkBroker(b *testing.B) {
	for _, work := range []time.Duration{0, 5 * time.Millisecond} {
		for _, workers := range []int{1, 2, 4, 8} {
			b.Run(fmt.Sprintf("work=%v/workers=%d", work, workers), func(b *testing.B) {
				benchmarkBroker(b, workers, work)
			})
		}
	}
}

func benchmarkBroker(b *testing.B, workers int, work time.Duration) {
	s := startBroker(b)
	for range workers {
		worker := exec.Command(lessontest.Program("worker"), "-connect", s.workers, "-slow", work.String())
		if err := worker.Start(); err != nil {
			b.Fatal(err)
		}
		defer worker.Wait()
		defer worker.Process.Kill()
		s.await(b, "is ready")
	}
	go func() { // drain the output, so that the broker does not block
		for range s.lines {
		}
	}()

	const clients = 32
	requests := make(chan bool)
	var mu sync.Mutex
	var took []time.Duration
	var asking, connected sync.WaitGroup
	for range clients {
		connected.Add(1)
		asking.Go(func() {
			req := zmq4.NewReq(b.Context())
			defer req.Close()
			err := req.Dial(s.clients)
			connected.Done()
			var own []time.Duration
			for range requests {
				start := time.Now()
				if err == nil {
					err = req.SendMulti(zmq4.NewMsgString("World"))
				}
				var msg zmq4.Msg
				if err == nil {
					msg, err = req.Recv()
				}
				if err == nil && string(msg.Bytes()) != "Hello, World!" {
					err = fmt.Errorf("received %q", msg.Bytes())
				}
				own = append(own, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
			if err != nil {
				b.Error(err)
			}
		})
	}
	connected.Wait()
	for b.Loop() {
		requests <- true
	}
	close(requests)
	asking.Wait()

	slices.Sort(took)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "requests/s")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
}
