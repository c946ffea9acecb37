// Compare measures round trips between processes on one computer. It builds the
// programs that it compares, runs them in turns, and divides how many round trips
// each of them makes per second by what the first one makes in the same round.
//
//	go run -C docs/compare .
//
// compares ZeroMQ with its alternatives, each with clients of its own. What is
// printed are medians of all rounds. The last columns are the server's maximum
// memory with 8 clients and 1 MiB, and the size of the stripped binary, which
// contains server and client.
//
//	go run -C docs/compare . -servers
//
// compares servers that speak ZeroMQ's protocol, all with the same clients, which
// write and read prepared bytes over TCP. Each ratio is followed by its quartiles.
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
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A load is what the clients send, and how many they are.
type load struct {
	name          string
	size, clients int
}

func loads(size int, name string, clients ...int) (loads []load) {
	for _, n := range clients {
		loads = append(loads, load{fmt.Sprintf("%s, %d client%s", name, n, strings.Repeat("s", min(1, n-1))), size, n})
	}
	return loads
}

// A comparison is between kinds, of which each is a package in this folder, except
// pyzmq. A kind may be preceded by a variable for its environment.
type comparison struct {
	kinds  []string
	client string // the kind of all clients, if it is not that of their server
	loads  []load
	show   func(w io.Writer, c comparison, results []result)
}

var alternatives = comparison{
	kinds: []string{"pyzmq", "zmq4", "guarded", "http", "grpc", "nats", "tcp"},
	loads: slices.Concat(loads(10, "10 B", 1, 8), loads(1<<20, "1 MiB", 1, 8)),
	show:  showAlternatives,
}

var servers = comparison{
	kinds:  []string{"pyzmq", "zmq4", "guarded", "GOGC=1000 guarded", "tcp"},
	client: "tcp",
	loads: slices.Concat(loads(10, "10 B", 1, 8, 64), loads(1<<10, "1 KiB", 1, 8, 64),
		loads(8000, "8 kB", 1, 8, 64), loads(1<<20, "1 MiB", 1, 8)),
	show: showServers,
}

var (
	rounds  = flag.Int("rounds", 8, "how many turns each kind has with each load")
	turn    = flag.Duration("turn", 200*time.Millisecond, "how long a turn is; below 100ms, the ratios depend on it")
	python  = flag.String("python", "/usr/bin/python3", "a Python that has pyzmq")
	only    = flag.String("loads", "", "measure only loads whose name this regular expression matches")
	profile = flag.String("profile", "", "write a CPU profile of each server to this folder")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("compare: ")
	sameClients := flag.Bool("servers", false, "compare servers that speak ZeroMQ's protocol")
	flag.Parse()
	if flag.NArg() > 0 || *rounds < 1 {
		flag.Usage()
		os.Exit(2)
	}
	c := alternatives
	if *sameClients {
		c = servers
	}
	if err := run(c); err != nil {
		log.Fatal(err)
	}
}

// A result is what was measured for one kind.
type result struct {
	trips  [][]float64 // per second, for each load and round
	memory float64     // of the server, in MiB
	binary float64     // in MiB, or 0
}

func run(c comparison) error {
	matches, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	c.loads = slices.DeleteFunc(slices.Clone(c.loads), func(l load) bool { return !matches.MatchString(l.name) })

	dir, err := os.MkdirTemp("", "compare-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", dir)
	for _, kind := range c.kinds {
		if _, name := split(kind); name != "pyzmq" {
			build.Args = append(build.Args, "./"+name)
		}
	}
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("cannot build: %w", err)
	}

	results := make([]result, len(c.kinds))
	for _, load := range c.loads {
		peers := make([]*peer, len(c.kinds))
		for i, kind := range c.kinds {
			if info, err := os.Stat(filepath.Join(dir, kind)); err == nil {
				results[i].binary = mib(info.Size())
			}
			if peers[i], err = start(dir, kind, c.client, load); err != nil {
				return fmt.Errorf("%s: %w", kind, err)
			}
			if _, err := peers[i].ask(*turn); err != nil { // to warm up
				return fmt.Errorf("%s: %w", kind, err)
			}
		}
		trips := make([][]float64, len(c.kinds))
		for range *rounds {
			for i, p := range peers {
				n, err := p.ask(*turn)
				if err != nil {
					return fmt.Errorf("%s: %w", c.kinds[i], err)
				}
				trips[i] = append(trips[i], n)
			}
		}
		for i, p := range peers {
			memory, err := p.stop()
			if err != nil {
				return fmt.Errorf("%s: %w", c.kinds[i], err)
			}
			results[i].memory = memory // of the last load, which is the largest
			results[i].trips = append(results[i].trips, trips[i])
		}
	}
	fmt.Printf("%s/%s, %d processors, %s\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	c.show(os.Stdout, c, results)
	return nil
}

func showAlternatives(w io.Writer, c comparison, results []result) {
	fmt.Fprintf(w, "%-8s", "")
	for _, load := range c.loads {
		fmt.Fprintf(w, " %17s", load.name)
	}
	fmt.Fprintf(w, " %9s %9s\n", "memory", "binary")
	for i, r := range results {
		fmt.Fprintf(w, "%-8s", c.kinds[i])
		for j, trips := range r.trips {
			fmt.Fprintf(w, " %8.0f/s %5.2f x", quartile(2, trips), quartile(2, ratios(trips, results[0].trips[j])))
		}
		fmt.Fprintf(w, " %5.0f MiB", r.memory)
		if r.binary > 0 {
			fmt.Fprintf(w, " %5.1f MiB", r.binary)
		}
		fmt.Fprintln(w)
	}
}

// showServers shows a column for each kind, and one that compares the guarded
// server with plain zmq4. The memory is that of the servers after the last load.
func showServers(w io.Writer, c comparison, results []result) {
	fmt.Fprintf(w, "%-17s %9s", "", c.kinds[0])
	for _, kind := range c.kinds[1:] {
		fmt.Fprintf(w, " %17s", kind)
	}
	fmt.Fprintf(w, " %17s\n", "guarded : zmq4")
	for i, load := range c.loads {
		fmt.Fprintf(w, "%-17s %7.0f/s", load.name, quartile(2, results[0].trips[i]))
		cell := func(trips, base []float64) {
			r := ratios(trips, base)
			fmt.Fprintf(w, "  %4.2f (%4.2f-%4.2f)", quartile(2, r), quartile(1, r), quartile(3, r))
		}
		for _, r := range results[1:] {
			cell(r.trips[i], results[0].trips[i])
		}
		zmq4, guarded := slices.Index(c.kinds, "zmq4"), slices.Index(c.kinds, "guarded")
		cell(results[guarded].trips[i], results[zmq4].trips[i])
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%-17s", "memory")
	for _, r := range results {
		fmt.Fprintf(w, " %9.0f MiB    ", r.memory)
	}
	fmt.Fprintln(w)
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

// split splits a kind into its environment and the name of its program.
func split(kind string) (env []string, name string) {
	words := strings.Fields(kind)
	return words[:len(words)-1], words[len(words)-1]
}

func start(dir, kind, client string, l load) (*peer, error) {
	command := func(kind string, args ...string) *exec.Cmd {
		env, name := split(kind)
		args = append([]string{filepath.Join(dir, name)}, args...)
		if name == "pyzmq" {
			args = append([]string{*python, "pyzmq.py"}, args[1:]...)
		}
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env = append(os.Environ(), env...)
		return cmd
	}
	cmd := command(kind, "serve")
	if *profile != "" {
		cmd.Env = append(cmd.Env, "CPUPROFILE="+filepath.Join(*profile, kind+".prof"))
	}
	server, err := startProcess(cmd)
	if err != nil {
		return nil, err
	}
	if !server.out.Scan() {
		return nil, fmt.Errorf("the server has no address: %w", server.Wait())
	}
	if client == "" {
		client = kind
	}
	clients, err := startProcess(command(client, "ask", server.out.Text(), strconv.Itoa(l.size), strconv.Itoa(l.clients)))
	return &peer{server, clients}, err
}

func startProcess(cmd *exec.Cmd) (p process, err error) {
	p.Cmd = cmd
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

// ratios divides what was measured in the same rounds.
func ratios(list, base []float64) (ratios []float64) {
	for i := range list {
		ratios = append(ratios, list[i]/base[i])
	}
	return ratios
}

// quartile returns a quartile of a list. The second one is the median.
func quartile(n int, list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)*n/4]
}
