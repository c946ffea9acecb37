package main

import (
	"context"
	"io"
	"log"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

// BenchmarkCrowd measures how many replies five clients get that send four requests
// each to a server that takes 300 ms for a request, how many requests the server
// answers, and how long that takes in all.
func BenchmarkCrowd(b *testing.B) {
	log.SetOutput(io.Discard) // ask logs each failure
	rows := []struct {
		name string
		ask  func(c *client) error
	}{
		{"timeout=1s/pause=0.1s", func(c *client) (err error) {
			c.timeout = time.Second
			for range 10 {
				if _, err = c.try(b.Context(), "World"); err == nil {
					return nil
				}
				time.Sleep(100 * time.Millisecond)
			}
			return err
		}},
		{"timeout=1s/growing-pauses", func(c *client) error {
			c.timeout = time.Second
			_, err := c.ask(b.Context(), "World")
			return err
		}},
		{"timeout=5s", func(c *client) error {
			c.timeout = 5 * time.Second
			_, err := c.ask(b.Context(), "World")
			return err
		}},
	}
	for _, row := range rows {
		b.Run(row.name, func(b *testing.B) {
			for b.Loop() {
				var replies, served atomic.Int64
				rep := zmq4.NewRep(context.Background())
				if err := rep.Listen("tcp://127.0.0.1:0"); err != nil {
					b.Fatal(err)
				}
				go func() {
					for {
						if _, err := rep.Recv(); err != nil {
							return // closed
						}
						time.Sleep(300 * time.Millisecond)
						served.Add(1)
						rep.Send(zmq4.NewMsgString("Hello, World!")) // its client may have left
					}
				}()
				var clients sync.WaitGroup
				for range 5 {
					clients.Go(func() {
						c := client{endpoint: "tcp://" + rep.Addr().String(), tries: 10}
						defer c.close()
						for range 4 {
							if row.ask(&c) != nil {
								return // as the program does
							}
							replies.Add(1)
						}
					})
				}
				clients.Wait()
				rep.Close()
				b.ReportMetric(float64(replies.Load()), "replies")
				b.ReportMetric(float64(served.Load()), "requests")
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s")
		})
	}
}
