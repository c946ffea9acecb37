// Package peer is the common part of the compared programs. Each of them is an
// echo server, or clients that send requests to it.
//
//	program serve           prints its address, and serves until its input ends
//	program ask ADDR SIZE N connects N clients, and for each line of its input, a
//	                        duration, prints how many round trips per second they make
//
// A server writes a CPU profile if the environment names a file, CPUPROFILE.
package peer

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/pprof"
	"strconv"
	"sync"
	"time"
)

// MaxSize is the maximum size of a request in bytes, including its encoding.
const MaxSize = 4 << 20

// A Trip sends a request and waits for its reply.
type Trip func() error

// Main runs the program. serve starts a server and returns its address. dial
// connects a client that sends size bytes and expects the same number.
func Main(serve func() (addr string, err error), dial func(addr string, size int) (Trip, error)) {
	log.SetFlags(0)
	switch {
	case len(os.Args) == 2 && os.Args[1] == "serve":
		addr, err := serve()
		if err != nil {
			log.Fatal(err)
		}
		if name := os.Getenv("CPUPROFILE"); name != "" {
			file, err := os.Create(name)
			if err != nil {
				log.Fatal(err)
			}
			defer file.Close()
			if err := pprof.StartCPUProfile(file); err != nil {
				log.Fatal(err)
			}
			defer pprof.StopCPUProfile()
		}
		fmt.Println(addr)
		io.Copy(io.Discard, os.Stdin)
	case len(os.Args) == 5 && os.Args[1] == "ask":
		size, err := strconv.Atoi(os.Args[3])
		if err != nil {
			log.Fatal(err)
		}
		n, err := strconv.Atoi(os.Args[4])
		if err != nil {
			log.Fatal(err)
		}
		if err := ask(os.Args[2], size, n, dial); err != nil {
			log.Fatal(err)
		}
	default:
		log.Fatal("usage: serve, or ask ADDR SIZE CLIENTS")
	}
}

func ask(addr string, size, n int, dial func(addr string, size int) (Trip, error)) error {
	trips := make([]Trip, n)
	for i := range trips {
		var err error
		if trips[i], err = dial(addr, size); err != nil {
			return err
		}
	}
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		turn, err := time.ParseDuration(input.Text())
		if err != nil {
			return err
		}
		counts := make([]int, n)
		var asking sync.WaitGroup
		start := time.Now()
		for i, trip := range trips {
			asking.Go(func() {
				for time.Since(start) < turn || counts[i] == 0 {
					if err := trip(); err != nil {
						log.Fatal(err)
					}
					counts[i]++
				}
			})
		}
		asking.Wait()
		total := 0
		for _, count := range counts {
			total += count
		}
		fmt.Println(float64(total) / time.Since(start).Seconds())
	}
	return input.Err()
}

// Same returns an error unless the reply has as many bytes as the request.
func Same(got, want int) error {
	if got != want {
		return fmt.Errorf("the reply has %d bytes, not %d", got, want)
	}
	return nil
}
