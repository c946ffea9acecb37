package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
	"zeromq-lessons/internal/zmtptest"
)

// These tests make the lessons' programs fail in every way that we know of, and
// look up each line that they print on standard error in
// docs/errors.md.

// patience is how long a program may take to fail.
const patience = 2 * time.Minute

// An errorsPage has the messages of docs/errors.md. A message that ends in ": …"
// begins a line, and any other message is a reason, which ends a line.
type errorsPage struct{ beginnings, reasons []string }

func readErrorsPage(t *testing.T) (p errorsPage) {
	// What a peer sent is quoted, and explains itself.
	p.reasons = []string{"`.*`", `b?".*"`, `b?'.*'`}
	text, err := os.ReadFile("../docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `(.+?)` \\|").FindAllStringSubmatch(string(text), -1) {
		pattern := regexp.QuoteMeta(row[1])
		if strings.HasSuffix(row[1], ": …") {
			p.beginnings = append(p.beginnings, strings.ReplaceAll(pattern, "…", ".+"))
		} else {
			// No other reason follows a reason.
			pattern = strings.ReplaceAll(pattern, `"…"`, `".*"`)
			p.reasons = append(p.reasons, strings.ReplaceAll(pattern, "…", "(?:[^:]|:\\S|`.*`|\".*\"|'.*')+"))
		}
	}
	return p
}

// check looks up what a program printed on standard error: each line has a
// reason, and before the reason a beginning, or only the program's name.
func (p errorsPage) check(t *testing.T, name, stderr string) {
	reason := regexp.MustCompile(`^(?:[\w.]+: )?(?:(.*): )?(?:` + strings.Join(p.reasons, "|") + `)$`)
	whole := regexp.MustCompile(`^(?:[\w.]+: )?(?:` + strings.Join(p.reasons, "|") + `)$`)
	beginning := regexp.MustCompile(`^(?:[\w.]+: )?(?:` + strings.Join(p.beginnings, "|") + `)$`)
	lines := messages(stderr)
	if len(lines) == 0 {
		t.Errorf("%s: no message", name)
	}
	for _, line := range lines {
		if !reason.MatchString(line) {
			t.Errorf("%s: docs/errors.md does not have the reason in this line:\n%s", name, line)
		}
		if !whole.MatchString(line) && !beginning.MatchString(line) {
			t.Errorf("%s: docs/errors.md does not have the beginning of this line:\n%s", name, line)
		}
	}
}

// messages returns the lines of standard error that say what is wrong, without
// the usage, Python's traceback and Go's stacks.
func messages(stderr string) (list []string) {
	stderr, _, _ = strings.Cut(stderr, "\n\ngoroutine ")
	stderr = regexp.MustCompile(`(?m)^(Usage of|usage:|Traceback).*\n|^ .*\n`).ReplaceAllString(stderr, "")
	for line := range strings.Lines(stderr) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// fails runs a program that must fail, and returns what it prints on standard
// error.
func fails(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err == nil || ctx.Err() != nil {
		t.Errorf("%q did not fail: %v", args, err)
	}
	return stderr.String()
}

// clients returns the command line of each client that connects to the address.
func clients(address string) map[string][]string {
	return map[string][]string{
		"01": {lessontest.Program("01-context-client"), "-connect", "tcp://" + address},
		"02": {lessontest.Program("02-req-rep-client"), "-connect", "tcp://" + address},
		"03": {lessontest.Program("03-json-client"), "-connect", "tcp://" + address},
		"04": {lessontest.Program("04-gob-client"), "-connect", "tcp://" + address},
		"05": {lessontest.Program("05-multipart-client"), "-connect", "tcp://" + address},
		"06": {lessontest.Program("06-no-reply-client"), "-connect", "tcp://" + address, "-timeout", "2s", "-tries", "2"},
		"07": {lessontest.Program("07-strangers-client"), "-connect", "guard://" + address},
	}
}

// A peer plays the server of one connection.
type peer func(p *zmtptest.Peer)

func sends(b []byte) peer {
	return func(p *zmtptest.Peer) {
		p.Write(b)
		io.Copy(io.Discard, p)
	}
}

// replies returns a peer that completes the handshake as a REP socket, reads a
// request, and answers.
func replies(b []byte) peer {
	return func(p *zmtptest.Peer) {
		if p.Handshake("REP") != nil {
			return
		}
		for more := byte(zmtptest.More); more != 0; {
			flags, _, err := p.ReadFrame()
			if err != nil {
				return
			}
			more = flags & zmtptest.More
		}
		p.Write(b)
	}
}

func listen(t *testing.T, serve peer) (address string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				serve(zmtptest.NewPeer(conn))
			}()
		}
	}()
	return l.Addr().String()
}

// Each client connects to each peer that is not its server.
func TestClientErrors(t *testing.T) {
	lessontest.Thorough(t)
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the words of the system differ")
	}
	page := readErrorsPage(t)
	cases := []struct {
		name, address string
		only          string // the clients, if not all
		want          string // in each client's last message
	}{
		{"nobody", strings.TrimPrefix(host.FreeEndpoint(), "tcp://"), "", "connect: connection refused"},
		{"unknown host", "host.invalid:5555", "", "host.invalid"},
		{"no port", "127.0.0.1", "", "missing port in address"},
		{"large port", "127.0.0.1:99999", "", "invalid port"},
		{"slash", "127.0.0.1:5555/", "", "unknown port"},
		{"no brackets", "::1:5555", "", "too many colons in address"},
		{"HTTP", listen(t, func(p *zmtptest.Peer) {
			io.ReadFull(p, make([]byte, 64))
			io.WriteString(p, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request")
		}), "", ""},
		{"reset", listen(t, func(p *zmtptest.Peer) {
			io.ReadFull(p, make([]byte, 64))
			p.Conn.(*net.TCPConn).SetLinger(0)
		}), "", "connection reset by peer"},
		{"forwarder", listen(t, func(p *zmtptest.Peer) { io.ReadFull(p, make([]byte, 64)) }), "", "EOF"},
		{"PUB", listen(t, sends(zmtptest.Handshake("PUB"))), "", `"PUB"`},
		{"CURVE", listen(t, sends(zmtptest.Greeting("CURVE"))), "", "security mechanism"},
		{"ZMTP 2", listen(t, sends([]byte("\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x01\x04"+strings.Repeat("\x00", 52)))), "", ""},
		{"ERROR", listen(t, sends(append(zmtptest.Greeting("NULL"), zmtptest.Frame(zmtptest.Command, "\x05ERROR\x07Invalid")...))), "", ""},
		{"silence", listen(t, sends(nil)), "06 07", ""},
		{"end", listen(t, replies(nil)), "02 03 04 05 06 07", "EOF"},
		{"PING", listen(t, replies(zmtptest.Frame(zmtptest.Command, "\x04PING\x00\x00"))), "02 03 04 05 06", ""},
		{"two frames", listen(t, replies([]byte("\x01\x00\x01\x01a\x00\x01b"))), "03 04 05 06", ""},
		{"error", listen(t, replies(zmtptest.Message("error: no"))), "03 04 05", ""},
		{"JSON error", listen(t, replies(zmtptest.Message(`{"error": "no"}`))), "03 04 05", ""},
	}
	var all sync.WaitGroup // the clients mostly wait
	for _, test := range cases {
		for name, client := range clients(test.address) {
			if test.only != "" && !strings.Contains(test.only, name) {
				continue
			}
			all.Go(func() {
				stderr := fails(t, client...)
				// On a busy computer a try of lesson 06 may time out too early.
				for timeout := 8 * time.Second; name == "06" && !strings.Contains(stderr, test.want) && timeout < patience; timeout *= 4 {
					stderr = fails(t, append(client, "-timeout", timeout.String())...)
				}
				page.check(t, test.name+"/"+name, stderr)
				if !strings.Contains(stderr, test.want) {
					t.Errorf("%s/%s: want %q in:\n%s", test.name, name, test.want, stderr)
				}
			})
		}
	}
	all.Wait()
}

// Each server fails to bind to an endpoint.
func TestBindErrors(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the words of the system differ")
	}
	page := readErrorsPage(t)
	taken := listen(t, func(*zmtptest.Peer) {})
	for address, want := range map[string]string{
		taken:            "bind: address already in use",
		"192.0.2.1:5555": "bind: cannot assign requested address",
		"127.0.0.1":      "missing port in address",
		"":               "missing port in address",
	} {
		for _, name := range servers {
			scheme := "tcp://"
			if name == "07-strangers-server" {
				scheme = "guard://"
			}
			stderr := fails(t, lessontest.Program(name), "-bind", scheme+address)
			page.check(t, name, stderr)
			if !strings.Contains(stderr, want) {
				t.Errorf("%s: want %q in:\n%s", name, want, stderr)
			}
		}
	}
	for _, endpoint := range []string{"127.0.0.1:5555", "http://127.0.0.1:5555"} {
		page.check(t, endpoint, fails(t, lessontest.Program("02-req-rep-server"), "-bind", endpoint))
	}
}

var servers = []string{
	"01-context-server", "02-req-rep-server", "03-json-server", "04-gob-server", "05-multipart-server", "06-no-reply-server", "07-strangers-server",
}

// Each server meets strangers and requests that it refuses.
func TestServerErrors(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a test cannot press Ctrl-C on Windows")
	}
	page := readErrorsPage(t)
	strangers := [][]byte{
		[]byte("GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: stranger\r\nAccept: */*\r\n\r\n"),
		[]byte("\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x01\x03" + strings.Repeat("\x00", 52)), // ZMTP 2
		zmtptest.Greeting("PLAIN"),
		zmtptest.Handshake("PUB"),
		zmtptest.Greeting("NULL"), // and no more
		append(zmtptest.Greeting("NULL"), zmtptest.Frame(zmtptest.Command, "\x05ERROR\x07Invalid")...),
		append(zmtptest.Handshake("DEALER"), zmtptest.Frame(0, "no delimiter")...),
	}
	requests := [][][]byte{{}, {[]byte("\xff")}, {nil}, {[]byte("a"), []byte("b")}, {[]byte(`{"numbers": []}`)}, {make([]byte, 1<<10)}}
	var all sync.WaitGroup
	for _, name := range servers[1:] {
		all.Go(func() {
			endpoint, scheme := host.FreeEndpoint(), "tcp://"
			if name == "07-strangers-server" {
				scheme = "guard://"
			}
			server := exec.Command(lessontest.Program(name), "-bind", scheme+strings.TrimPrefix(endpoint, "tcp://"))
			var stderr bytes.Buffer
			server.Stderr = &stderr
			if err := server.Start(); err != nil {
				t.Error(err)
				return
			}
			defer time.AfterFunc(patience, func() { server.Process.Kill() }).Stop()
			for _, request := range requests {
				if _, err := lessontest.Request(endpoint, request...); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			for _, bytes := range strangers {
				conn, err := net.Dial("tcp", strings.TrimPrefix(endpoint, "tcp://"))
				if err != nil {
					t.Error(err)
					continue
				}
				conn.SetDeadline(time.Now().Add(patience))
				conn.Write(bytes)
				io.ReadFull(conn, make([]byte, 64)) // the server has accepted it
				conn.Close()
			}
			if _, err := lessontest.Request(endpoint, nil); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			server.Process.Signal(os.Interrupt)
			server.Wait()
			page.check(t, name, stderr.String())
		})
	}
	all.Wait()
}

// Two peers crash every plain zmq4 server, and some flags are wrong.
func TestFatalErrors(t *testing.T) {
	t.Parallel()
	page := readErrorsPage(t)
	for name, bytes := range map[string][]byte{
		"no socket type": append(zmtptest.Greeting("NULL"), zmtptest.Ready()...),
		"large frame":    append(zmtptest.Greeting("NULL"), zmtptest.Header(0, 1<<62)...),
	} {
		endpoint := host.FreeEndpoint()
		go func() {
			lessontest.Request(endpoint, []byte("Ada")) // the server is up
			conn, err := net.Dial("tcp", strings.TrimPrefix(endpoint, "tcp://"))
			if err != nil {
				t.Error(err)
				return
			}
			conn.Write(bytes)
			io.Copy(io.Discard, conn)
			conn.Close()
		}()
		page.check(t, name, fails(t, lessontest.Program("02-req-rep-server"), "-bind", endpoint))
	}
	for _, args := range []string{"-timeout 1", "-timeout 0s", "-tries 0", "-port 5555", "tcp://127.0.0.1:5555"} {
		page.check(t, args, fails(t, append([]string{lessontest.Program("06-no-reply-client")}, strings.Fields(args)...)...))
	}
}

// Each client fails in a separate network that does not work.
func TestNetworkErrors(t *testing.T) {
	lessontest.Thorough(t)
	t.Parallel()
	inside := func(script, connect string) []string {
		return []string{"unshare", "--map-root-user", "--net", "--pid", "--fork", "--kill-child", "sh", "-ec", script,
			lessontest.Program("02-req-rep-client"), "-connect", connect}
	}
	if err := exec.Command("unshare", inside("ip link set lo up", "")[1:9]...).Run(); err != nil {
		if host.Required("root") {
			t.Fatal(err)
		}
		t.Skipf("no network namespaces: %v", err)
	}
	page := readErrorsPage(t)
	received := filepath.Join(t.TempDir(), "received")
	for want, args := range map[string][]string{
		"network is unreachable": inside(`exec "$0" "$@"`, "tcp://192.0.2.1:5555"),
		"no route to host": inside(`
			ip link set lo up
			ip route add unreachable 192.0.2.1
			exec "$0" "$@"`, "tcp://192.0.2.1:5555"),
		// A neighbor accepts every packet and never answers.
		"connection timed out": inside(`
			echo 1 >/proc/sys/net/ipv4/tcp_syn_retries
			ip link add here type veth peer name there
			ip addr add 192.0.2.2/24 dev here
			ip link set here up
			ip link set there up
			ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev here
			exec "$0" "$@"`, "tcp://192.0.2.1:5555"),
		// The only port for connections belongs to another client.
		"cannot assign requested address": inside(`
			ip link set lo up
			echo 40000 40000 >/proc/sys/net/ipv4/ip_local_port_range
			mkfifo "`+received+`"
			"`+lessontest.Program("06-no-reply-server")+`" -slow 1h >"`+received+`" &
			"`+lessontest.Program("06-no-reply-client")+`" -timeout 1h &
			read line <"`+received+`"
			exec "$0" "$@"`, "tcp://127.0.0.1:5555"),
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			stderr := fails(t, args...)
			page.check(t, want, stderr)
			if !strings.Contains(stderr, want) {
				t.Errorf("want %q in:\n%s", want, stderr)
			}
		})
	}
}

// The Python programs meet wrong endpoints and a server that is not theirs.
func TestPythonErrors(t *testing.T) {
	lessontest.Thorough(t)
	t.Parallel()
	python := lessontest.Python(t)
	page := readErrorsPage(t)
	taken := "tcp://" + listen(t, func(*zmtptest.Peer) {})
	noReply := "tcp://" + listen(t, replies(nil))
	wrong := "tcp://" + listen(t, replies(zmtptest.Message("error: no")))
	refused := "tcp://" + listen(t, replies(zmtptest.Message(`{"error": "no"}`)))
	var all sync.WaitGroup
	for _, command := range []string{
		"01-context/python/server.py -bind " + taken,
		"02-req-rep/python/server.py -bind 127.0.0.1",
		"02-req-rep/python/server.py -bind http://127.0.0.1:5555",
		"02-req-rep/python/server.py -bind tcp://192.0.2.1:5555",
		"02-req-rep/python/server.py -bind tcp://host.invalid:5555",
		"02-req-rep/python/server.py -bind " + taken,
		"02-req-rep/python/client.py -connect " + noReply,
		"03-json/python/client.py -connect " + wrong,
		"03-json/python/client.py -connect " + refused,
		"03-json/python/client.py -connect " + noReply,
		"04-gob/python/client.py -connect " + wrong,
		"04-gob/python/client.py -connect " + noReply,
		"05-multipart/python/client.py -connect " + wrong,
		"05-multipart/python/client.py -connect " + noReply,
		"06-no-reply/python/client.py -timeout 1 -tries 2 -connect " + noReply,
		"06-no-reply/python/client.py -timeout 1s",
	} {
		all.Go(func() {
			page.check(t, command, fails(t, append([]string{python}, strings.Fields(command)...)...))
		})
	}
	all.Wait()
}
