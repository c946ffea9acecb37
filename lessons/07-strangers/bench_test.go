package strangers_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
	zmtp "zeromq-lessons/internal/zmtptest"
	"zeromq-lessons/lessons/07-strangers/guard"
)

// BenchmarkRoundTrip compares a guarded zmq4 server, in turns, with another
// server: plain zmq4, pyzmq, or one that echoes bytes over TCP without ZeroMQ. x
// is the guarded server's rate divided by the other one's, the median of all
// turns, and x-25% and x-75% are the quartiles. trips/s is the guarded server's
// rate.
//
// Each server is a process, and its clients are another one. A single client is
// of the same kind as its server, so x compares whole programs. If there are
// several clients, they are the same for all servers, goroutines that write and
// read prepared bytes, so x compares only the servers.
func BenchmarkRoundTrip(b *testing.B) {
	sizes := []struct {
		name  string
		bytes int
	}{{"10B", 10}, {"1KiB", 1 << 10}, {"8kB", 8000}, {"1MiB", 1 << 20}}
	const turn = 25 * time.Millisecond
	for _, size := range sizes {
		for _, clients := range []int{1, 8, 64} {
			for _, other := range []string{"plain", "pyzmq", "raw"} {
				b.Run(fmt.Sprintf("%s/%d/%s", size.name, clients, other), func(b *testing.B) {
					askGuarded := serve(b, "guarded", size.bytes, clients)
					askOther := serve(b, other, size.bytes, clients)
					var trips, ratios []float64
					for b.Loop() {
						guarded := askGuarded(turn)
						trips = append(trips, guarded)
						ratios = append(ratios, guarded/askOther(turn))
					}
					slices.Sort(trips)
					slices.Sort(ratios)
					n := len(ratios)
					b.ReportMetric(0, "ns/op")
					b.ReportMetric(trips[n/2], "trips/s")
					b.ReportMetric(ratios[n/2], "x")
					b.ReportMetric(ratios[n/4], "x-25%")
					b.ReportMetric(ratios[n*3/4], "x-75%")
				})
			}
		}
	}
}

// serve starts a server and its clients. It returns a function that makes them
// ask for a while, and returns how many round trips they make per second.
func serve(b *testing.B, kind string, size, clients int) (ask func(time.Duration) float64) {
	address := strings.TrimPrefix(host.FreeEndpoint(), "tcp://")
	if kind == "pyzmq" {
		process(b, exec.Command(lessontest.Python(b), "-c", pythonServer, address))
	} else {
		process(b, self(b, "server", kind, address, size, clients))
	}
	conn, err := dial(address)
	if err != nil {
		b.Fatal(err)
	}
	conn.Close()

	client := self(b, "clients", kind, address, size, clients)
	switch {
	case clients > 1:
		client = self(b, "clients", "raw", address, size, clients)
	case kind == "pyzmq":
		client = exec.Command(lessontest.Python(b), "-c", pythonClient, address, strconv.Itoa(size))
	}
	in, out := process(b, client)
	ask = func(d time.Duration) (tripsPerSecond float64) {
		fmt.Fprintln(in, d.Seconds())
		if !out.Scan() {
			b.Fatal("the clients have ended")
		}
		if _, err := fmt.Sscan(out.Text(), &tripsPerSecond); err != nil {
			b.Fatal(err)
		}
		return tripsPerSecond
	}
	ask(100 * time.Millisecond) // to warm up
	return ask
}

// process starts a process, which is killed when the benchmark ends.
func process(b *testing.B, cmd *exec.Cmd) (in io.Writer, out *bufio.Scanner) {
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return in, bufio.NewScanner(stdout)
}

const pythonServer = `
import sys, zmq
socket = zmq.Context().socket(zmq.REP)
socket.bind("tcp://" + sys.argv[1])
while True:
    socket.send(socket.recv())
`

const pythonClient = `
import sys, time, zmq
socket = zmq.Context().socket(zmq.REQ)
socket.connect("tcp://" + sys.argv[1])
body = b"x" * int(sys.argv[2])
for line in sys.stdin:
    seconds, trips, start = float(line), 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        socket.send(body)
        if len(socket.recv()) != len(body):
            sys.exit("another reply")
        trips += 1
    print(trips / (time.perf_counter() - start), flush=True)
`

// roleEnv tells this program to run as a server or as clients instead of a test.
const roleEnv = "STRANGERS_BENCH"

// self is this program in another role.
func self(b *testing.B, role ...any) *exec.Cmd {
	path, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(path)
	cmd.Env = append(os.Environ(), roleEnv+"="+strings.TrimSpace(fmt.Sprintln(role...)))
	return cmd
}

func init() {
	if os.Getenv(roleEnv) == "" {
		return
	}
	var role, kind, address string
	var size, clients int
	_, err := fmt.Sscan(os.Getenv(roleEnv), &role, &kind, &address, &size, &clients)
	if err != nil {
		log.Fatal(err)
	}
	// Not in this goroutine: until main runs, it is locked to a thread, and
	// switching threads takes longer than everything else.
	go func() {
		switch {
		case role == "clients":
			err = benchClients(kind, address, size, clients)
		case kind == "raw":
			err = serveRaw(address, size)
		default:
			err = serveZmq4(kind, address)
		}
		if err != nil {
			log.Fatalf("%s: %v", os.Getenv(roleEnv), err)
		}
		os.Exit(0)
	}()
	select {}
}

// endpoint returns zmq4's endpoint for an address.
func endpoint(kind, address string) (string, error) {
	if kind == "plain" {
		return "tcp://" + address, nil
	}
	return "guard://" + address, guard.Register("guard", guard.Limits{MaxMsgSize: 2 << 20})
}

// serveZmq4 answers each request with the same frames.
func serveZmq4(kind, address string) error {
	rep := zmq4.NewRep(context.Background(), zmq4.WithLogger(log.New(io.Discard, "", 0)))
	ep, err := endpoint(kind, address)
	if err == nil {
		err = rep.Listen(ep)
	}
	for err == nil {
		var msg zmq4.Msg
		if msg, err = rep.Recv(); err == nil {
			err = rep.Send(msg)
		}
	}
	return err
}

// serveRaw answers each request with the same bytes. It does not parse them, and
// expects a fixed number.
func serveRaw(address string, size int) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			_, err := io.ReadFull(conn, zmtp.Handshake("REQ"))
			if err == nil {
				_, err = conn.Write(zmtp.Handshake("REP"))
			}
			message := zmtp.Message(strings.Repeat("x", size))
			for err == nil {
				if _, err = io.ReadFull(conn, message); err == nil {
					_, err = conn.Write(message)
				}
			}
		}()
	}
}

// benchClients make round trips for as many seconds as each line of the input
// says, and print how many they made per second.
func benchClients(kind, address string, size, clients int) error {
	dialClient := dialZmq4
	if kind == "raw" {
		dialClient = dialRaw
	}
	trips := make([]func() error, clients)
	for i := range trips {
		var err error
		if trips[i], err = dialClient(kind, address, strings.Repeat("x", size)); err != nil {
			return err
		}
	}
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		seconds, err := strconv.ParseFloat(input.Text(), 64)
		if err != nil {
			return err
		}
		counts := make([]int, clients)
		var asking sync.WaitGroup
		start := time.Now()
		for i, trip := range trips {
			asking.Go(func() {
				for time.Since(start).Seconds() < seconds {
					if err := trip(); err != nil {
						log.Fatal(err)
					}
					counts[i]++
				}
			})
		}
		asking.Wait()
		total := 0
		for _, n := range counts {
			total += n
		}
		fmt.Println(float64(total) / time.Since(start).Seconds())
	}
	return input.Err()
}

// dialZmq4 connects a REQ socket, and returns a function that makes a round trip.
func dialZmq4(kind, address, body string) (trip func() error, err error) {
	req := zmq4.NewReq(context.Background())
	ep, err := endpoint(kind, address)
	if err == nil {
		err = req.Dial(ep)
	}
	return func() error {
		if err := req.SendMulti(zmq4.NewMsgString(body)); err != nil {
			return err
		}
		msg, err := req.Recv()
		if err == nil && (len(msg.Frames) != 1 || len(msg.Frames[0]) != len(body)) {
			err = fmt.Errorf("another reply, of %d frames", len(msg.Frames))
		}
		return err
	}, err
}

// dialRaw does the same as dialZmq4 without a library.
func dialRaw(_, address, body string) (trip func() error, err error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	p := zmtp.NewPeer(conn)
	err = handshake(p, "REQ", patience)
	conn.SetDeadline(time.Time{})
	message := zmtp.Message(body)
	reply := slices.Clone(message)
	return func() error {
		if _, err := conn.Write(message); err != nil {
			return err
		}
		_, err := io.ReadFull(p, reply)
		return err
	}, err
}
