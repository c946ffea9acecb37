// Compare measures round trips between processes on one computer, with ZeroMQ and
// with its alternatives. It builds a program for each of them, runs them in turns,
// and prints how many round trips each makes per second, and the ratio to pyzmq in
// the same round. Both are medians of all rounds.
//
//	go run -C docs/compare .
//
// The last columns are the server's maximum memory with 8 clients and 1 MiB, and
// the size of the stripped binary, which contains server and client.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"time"
)

// kinds are compared with the first one. Each of the others is a package in this
// folder.
var kinds = []string{"pyzmq", "zmq4", "guarded", "http", "grpc", "nats", "tcp"}

var loads = []struct {
	name          string
	size, clients int
}{
	{"10 B, 1 client", 10, 1},
	{"10 B, 8 clients", 10, 8},
	{"1 MiB, 1 client", 1 << 20, 1},
	{"1 MiB, 8 clients", 1 << 20, 8},
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("compare: ")
	rounds := flag.Int("rounds", 15, "how many turns each kind has with each load")
	turn := flag.Duration("turn", 200*time.Millisecond, "how long a turn is")
	python := flag.String("python", "/usr/bin/python3", "a Python that has pyzmq")
	flag.Parse()
	if flag.NArg() > 0 || *rounds < 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*rounds, *turn, *python); err != nil {
		log.Fatal(err)
	}
}

// A result is what was measured for one kind.
type result struct {
	trips  []float64 // per second, for each load
	ratios []float64 // to the first kind, for each load
	memory float64   // of the server, in MiB
	binary float64   // in MiB, or 0
}

func run(rounds int, turn time.Duration, python string) error {
	dir, err := os.MkdirTemp("", "compare-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", dir, "./...")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("cannot build: %w", err)
	}

	results := make([]result, len(kinds))
	for _, load := range loads {
		peers := make([]*peer, len(kinds))
		for i, kind := range kinds {
			command := []string{filepath.Join(dir, kind)}
			if kind == "pyzmq" {
				command = []string{python, "pyzmq.py"}
			} else if info, err := os.Stat(command[0]); err == nil {
				results[i].binary = mib(info.Size())
			}
			if peers[i], err = start(command, load.size, load.clients); err != nil {
				return fmt.Errorf("%s: %w", kind, err)
			}
			if _, err := peers[i].ask(turn); err != nil { // to warm up
				return fmt.Errorf("%s: %w", kind, err)
			}
		}

		trips, ratios := make([][]float64, len(kinds)), make([][]float64, len(kinds))
		for range rounds {
			for i, p := range peers {
				n, err := p.ask(turn)
				if err != nil {
					return fmt.Errorf("%s: %w", kinds[i], err)
				}
				trips[i] = append(trips[i], n)
				ratios[i] = append(ratios[i], n/last(trips[0]))
			}
		}
		for i, p := range peers {
			memory, err := p.stop()
			if err != nil {
				return fmt.Errorf("%s: %w", kinds[i], err)
			}
			results[i].memory = memory // of the last load, which is the largest
			results[i].trips = append(results[i].trips, median(trips[i]))
			results[i].ratios = append(results[i].ratios, median(ratios[i]))
		}
	}
	show(os.Stdout, results)
	return nil
}

func show(w io.Writer, results []result) {
	fmt.Fprintf(w, "%s/%s, %d processors, %s\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	fmt.Fprintf(w, "%-8s", "")
	for _, load := range loads {
		fmt.Fprintf(w, " %17s", load.name)
	}
	fmt.Fprintf(w, " %9s %9s\n", "memory", "binary")
	for i, r := range results {
		fmt.Fprintf(w, "%-8s", kinds[i])
		for j := range loads {
			fmt.Fprintf(w, " %8.0f/s %5.2f x", r.trips[j], r.ratios[j])
		}
		fmt.Fprintf(w, " %5.0f MiB", r.memory)
		if r.binary > 0 {
			fmt.Fprintf(w, " %5.1f MiB", r.binary)
		}
		fmt.Fprintln(w)
	}
}

// A peer is the server and the clients of one kind.
type peer struct {
	server, clients process
}

type process struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func start(command []string, size, clients int) (*peer, error) {
	server, err := startProcess(append(command, "serve")...)
	if err != nil {
		return nil, err
	}
	if !server.out.Scan() {
		return nil, fmt.Errorf("the server has no address: %w", server.Wait())
	}
	ask, err := startProcess(append(command, "ask", server.out.Text(), strconv.Itoa(size), strconv.Itoa(clients))...)
	return &peer{server, ask}, err
}

func startProcess(command ...string) (p process, err error) {
	p.Cmd = exec.Command(command[0], command[1:]...)
	p.Stderr = os.Stderr
	if p.in, err = p.StdinPipe(); err != nil {
		return p, err
	}
	out, err := p.StdoutPipe()
	if err != nil {
		return p, err
	}
	p.out = bufio.NewScanner(out)
	return p, p.Start()
}

// ask makes the clients ask for a while, and returns how many round trips they
// make per second.
func (p *peer) ask(turn time.Duration) (tripsPerSecond float64, err error) {
	if _, err := fmt.Fprintf(p.clients.in, "%dms\n", turn.Milliseconds()); err != nil {
		return 0, err
	}
	if !p.clients.out.Scan() {
		return 0, fmt.Errorf("the clients exited: %v", p.clients.Wait())
	}
	return strconv.ParseFloat(p.clients.out.Text(), 64)
}

// stop stops both processes, and returns the maximum memory of the server in MiB.
func (p *peer) stop() (memory float64, err error) {
	p.clients.in.Close()
	if err := p.clients.Wait(); err != nil {
		return 0, fmt.Errorf("the clients: %w", err)
	}
	p.server.in.Close()
	if err := p.server.Wait(); err != nil {
		return 0, fmt.Errorf("the server: %w", err)
	}
	return mib(maxResident(p.server.ProcessState)), nil
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }

func last(list []float64) float64 { return list[len(list)-1] }

func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}
