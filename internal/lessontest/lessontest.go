// Package lessontest runs a lesson's tests: it builds the lesson's programs,
// runs its scripts against them, and checks that its page shows what ran.
//
// A lesson's test is a few lines:
//
//	func TestMain(m *testing.M) { lessontest.Main(m, "./server", "./client") }
//	func TestLesson(t *testing.T) { lessontest.Lesson(t) }
//
// Scripts are testscript's, with these additions:
//
//   - $ENDPOINT and $ENDPOINT2 are free endpoints that no other script uses, and
//     $ADDRESS and $ADDRESS2 are the same without their tcp://.
//   - $LESSON is the lesson's folder, $PYTHON a Python that has pyzmq.
//   - ask ENDPOINT FRAME... sends the frames as one request and prints the
//     reply's frames, one per line. A frame is written as in a Go string
//     without its quotation marks, so '\xff' is one byte.
//   - answer FRAME... starts a server that gives everyone a reply with these frames
//     until the script ends, and sets $ENDPOINT to its endpoint.
//   - await ENDPOINT waits until a server listens there, no matter how long Python
//     takes to start: the lessons' clients wait at most 5 seconds.
//   - attempt EXERCISE [FILE] grades the exercise in that folder of the lesson
//     with the file in place of its exercise.go, and prints what go test prints.
//   - [untouched:EXERCISE] is true while the reader has not edited it.
//   - leave ENDPOINT FRAME... sends the request and disconnects without the reply.
//     It waits until the server closes the connection. By then a zmq4 server has
//     the request, and answers it before later ones. libzmq may have discarded it.
//   - [thorough] is true if LESSONS_REQUIRE contains thorough. It is for scripts
//     that take long, which CI runs.
//   - [pyzmq] is true if a Python has zmq and numpy. If the environment variable
//     LESSONS_REQUIRE contains pyzmq and none has, the script fails. The variable
//     LESSONS_PYTHON can name the Python to use, or be none.
package lessontest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
	"github.com/rogpeppe/go-internal/testscript"

	"zeromq-lessons/internal/host"
)

// patience is how long a test waits for something that should happen at once.
const patience = 3 * time.Minute

var update = flag.Bool("update", false, "rewrite the transcripts in the scripts with what the programs print")

// Update reports whether the test runs with -update.
func Update() bool { return *update }

// goEnv lists the variables that a script inherits from the test's environment,
// mainly for scripts that run go.
var goEnv = []string{"HOME", "GOCACHE", "GOMODCACHE", "GOPATH", "GOENV", "GOFLAGS", "GOPROXY", "GOTOOLCHAIN", "GORACE",
	"USERPROFILE", "LocalAppData", "APPDATA"} // Windows

// Main builds the programs, packages named relative to the test's folder, puts
// them in front of PATH for the scripts, and runs the tests. A program of
// another lesson, such as ../02-req-rep/server, is called 02-req-rep-server.
func Main(m *testing.M, programs ...string) {
	flag.Set("test.parallel", "16") // scripts mostly wait
	flag.Parse()
	os.Setenv("GORACE", "atexit_sleep_ms=0") // with -race a program sleeps a second before it exits
	if err := buildAll(programs); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// Lesson tests a lesson: the scripts in testdata, and the page, README.md. With
// -update it updates the scripts and the page with what the programs print now.
func Lesson(t *testing.T) {
	if !*update {
		t.Parallel()
	}
	before := members(t)
	t.Cleanup(func() { reportOtherPlaces(t, before, members(t)) })
	Scripts(t, "testdata")
	t.Run("page", func(t *testing.T) { checkPage(t, before) })
}

// Scripts runs the scripts in a folder, each as a subtest with its own deadline.
func Scripts(t *testing.T, dir string) {
	for _, file := range scripts(t, dir) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			if *update {
				// Also update what follows a line that fails.
				done := make(chan bool)
				go func() {
					defer close(done)
					runScript(t, trial{}, file)
				}()
				<-done
			} else {
				t.Parallel() // so it runs after the page is checked
			}
			runScript(t, scriptT{t}, file)
		})
	}
}

// A scriptT runs one script in the current test, and not in another subtest.
type scriptT struct{ *testing.T }

func (t scriptT) Run(name string, f func(testscript.T)) { f(t) }
func (t scriptT) Parallel()                             {}
func (t scriptT) Verbose() bool                         { return testing.Verbose() }

func (t scriptT) Log(args ...any) {
	t.Helper()
	if t.Failed() && !testing.Verbose() {
		reportFailures(t.T, fmt.Sprint(args...))
	} else {
		t.T.Log(args...)
	}
}

// A trial runs a script only to update it, whether it fails or not.
type trial struct{}

func (t trial) Run(name string, f func(testscript.T)) { f(t) }
func (trial) Parallel()                               {}
func (trial) Verbose() bool                           { return false }
func (trial) Log(...any)                              {}
func (trial) Skip(...any)                             { runtime.Goexit() }
func (trial) Fatal(...any)                            { runtime.Goexit() }
func (trial) FailNow()                                { runtime.Goexit() }

func runScript(t *testing.T, as testscript.T, file string) {
	lesson, err := filepath.Abs(".")
	if err != nil {
		t.Error(err)
		return
	}
	_, updating := as.(trial)
	testscript.RunT(as, testscript.Params{
		Files:              []string{file},
		ContinueOnError:    *update,
		UpdateScripts:      updating,
		RequireUniqueNames: true,
		Deadline:           time.Now().Add(patience),
		Condition: func(name string) (bool, error) {
			if exercise, ok := strings.CutPrefix(name, "untouched:"); ok {
				return untouched(filepath.Join("exercises", exercise, "exercise.go"))
			}
			return condition(name)
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", programPath+string(os.PathListSeparator)+env.Getenv("PATH"))
			endpoint := host.FreeEndpoint()
			env.Setenv("ENDPOINT", endpoint)
			env.Setenv("ADDRESS", strings.TrimPrefix(endpoint, "tcp://"))
			endpoint2 := host.FreeEndpoint()
			env.Setenv("ENDPOINT2", endpoint2)
			env.Setenv("ADDRESS2", strings.TrimPrefix(endpoint2, "tcp://"))
			env.Setenv("LESSON", lesson)
			python, err := host.Python()
			if err != nil {
				return err
			}
			env.Setenv("PYTHON", python)
			for _, name := range goEnv {
				if value := os.Getenv(name); value != "" {
					env.Setenv(name, value)
				}
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"answer":  cmdAnswer,
			"ask":     func(ts *testscript.TestScript, neg bool, args []string) { cmdAsk(ts, neg, args, Request) },
			"attempt": cmdAttempt,
			"await": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 1 {
					ts.Fatalf("usage: await endpoint")
				}
				ts.Check(await(args[0]))
			},
			"leave": func(ts *testscript.TestScript, neg bool, args []string) { cmdAsk(ts, neg, args, Leave) },
		},
	})
}

func cmdAsk(ts *testscript.TestScript, neg bool, args []string, ask func(endpoint string, frames ...[]byte) ([][]byte, error)) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: ask or leave endpoint [frame...]")
	}
	reply, err := ask(args[0], unquote(ts, args[1:])...)
	ts.Check(err)
	for _, frame := range reply {
		quoted := strconv.Quote(string(frame))
		fmt.Fprintln(ts.Stdout(), strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`))
	}
}

func cmdAnswer(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: answer [frame...]")
	}
	reply := zmq4.NewMsgFrom(unquote(ts, args)...)
	rep := zmq4.NewRep(context.Background())
	ts.Defer(func() { rep.Close() })
	endpoint := host.FreeEndpoint()
	ts.Check(rep.Listen(endpoint))
	ts.Setenv("ENDPOINT", endpoint)
	go func() {
		for {
			if _, err := rep.Recv(); err != nil || rep.SendMulti(reply) != nil {
				return // closed
			}
		}
	}()
}

// unquote returns the frames that the arguments of a script's command stand for.
func unquote(ts *testscript.TestScript, args []string) [][]byte {
	var frames [][]byte
	for _, arg := range args {
		frame, err := strconv.Unquote(`"` + strings.ReplaceAll(arg, `"`, `\"`) + `"`)
		ts.Check(err)
		frames = append(frames, []byte(frame))
	}
	return frames
}

// untouched reports whether the reader has not edited an exercise.
func untouched(stub string) (bool, error) {
	text, err := os.ReadFile(stub)
	return bytes.Contains(text, []byte(`panic("TODO`)) || os.Getenv("EXERCISES") == "unsolved", err
}

func condition(name string) (bool, error) {
	switch name {
	case "thorough":
		return host.Required(name), nil
	case "pyzmq":
		path, err := host.Python()
		return path != "", err
	default:
		return false, fmt.Errorf("unknown condition %q", name)
	}
}

func cmdAttempt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: attempt exercise [file]")
	}
	dir := filepath.Join(ts.Getenv("LESSON"), "exercises", args[0])
	goTest := []string{"test", "-run=^TestExercise$/^yours$"}
	if len(args) == 2 {
		overlay := map[string]map[string]string{"Replace": {filepath.Join(dir, "exercise.go"): ts.MkAbs(args[1])}}
		text, err := json.Marshal(overlay)
		ts.Check(err)
		file := ts.MkAbs("overlay.json")
		ts.Check(os.WriteFile(file, text, 0o666))
		goTest = append(goTest, "-overlay="+file)
	}
	cmd := exec.Command("go", goTest...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "EXERCISES=")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("%v", err)
	}
	// The durations differ each time.
	text := regexp.MustCompile(`(?m) \(\d+\.\d\ds\)|\t\d+\.\d+s$`).ReplaceAll(out, nil)
	fmt.Fprint(ts.Stdout(), string(text))
}

// Thorough skips a test that takes long and that readers do not need, unless
// LESSONS_REQUIRE contains thorough, as in CI.
func Thorough(t testing.TB) {
	t.Helper()
	if !host.Required("thorough") {
		t.Skip("it takes long: LESSONS_REQUIRE=thorough")
	}
}

// Python returns what [host.Python] does. If there is no Python with pyzmq, it
// skips the test, or fails it if LESSONS_REQUIRE contains pyzmq.
func Python(t testing.TB) string {
	t.Helper()
	path, err := host.Python()
	if err != nil {
		t.Fatal(err)
	}
	if path == "" {
		t.Skip("no pyzmq")
	}
	return path
}

// Serve starts the lesson's server and returns its endpoint. When the test
// ends, the server is interrupted and must exit with status 0.
func Serve(t testing.TB) (endpoint string) {
	t.Helper()
	endpoint = host.FreeEndpoint()
	server := exec.Command(Program("server"), "-bind", endpoint)
	var stderr strings.Builder
	server.Stderr = &stderr
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if runtime.GOOS == "windows" {
			server.Process.Kill() // Windows has no interrupts
			server.Wait()
			return
		}
		server.Process.Signal(os.Interrupt)
		timer := time.AfterFunc(patience, func() { server.Process.Kill() })
		defer timer.Stop()
		if err := server.Wait(); err != nil {
			t.Errorf("the server after Ctrl-C: %v\n%s", err, stderr.String())
		}
	})
	return endpoint
}

// PressCtrlC interrupts a program again and again until it exits, and returns
// what Wait returned: the error "signal: interrupt" if the program did not catch
// the last one. If it does not exit in time, the program is killed.
func PressCtrlC(t testing.TB, program *exec.Cmd) error {
	t.Helper()
	if runtime.GOOS == "windows" {
		program.Process.Kill()
		program.Wait()
		t.Skip("a test cannot press Ctrl-C on Windows")
	}
	exited := make(chan error, 1)
	go func() { exited <- program.Wait() }()
	defer time.AfterFunc(patience, func() { program.Process.Kill() }).Stop()
	for tick := time.Tick(10 * time.Millisecond); ; <-tick {
		program.Process.Signal(os.Interrupt)
		select {
		case err := <-exited:
			return err
		default:
		}
	}
}

// Ask sends the frames as one request and returns the reply's frames.
func Ask(t testing.TB, endpoint string, frames ...[]byte) [][]byte {
	t.Helper()
	reply, err := Request(endpoint, frames...)
	if err != nil {
		t.Error(err)
	}
	return reply
}

// Fifty calls ask fifty times at the same time. It shows only the first error,
// because after an edit of the server there would be fifty.
func Fifty(t *testing.T, ask func(t testing.TB, i int)) {
	f := &firstError{TB: t}
	var clients sync.WaitGroup
	for i := range 50 {
		clients.Go(func() { ask(f, i) })
	}
	clients.Wait()
	if n := f.errors.Load(); n > 1 {
		t.Logf("and %d more errors", n-1)
	}
}

type firstError struct {
	testing.TB
	errors atomic.Int32
}

func (f *firstError) Errorf(format string, args ...any) {
	f.Helper()
	if f.errors.Add(1) == 1 {
		f.TB.Errorf(format, args...)
	}
}

func (f *firstError) Error(args ...any) {
	f.Helper()
	f.Errorf("%s", fmt.Sprint(args...))
}

// Await waits until a server completes a handshake at an endpoint.
func Await(t testing.TB, endpoint string) {
	t.Helper()
	if err := await(endpoint); err != nil {
		t.Fatal(err)
	}
}

func await(endpoint string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := connect(ctx, endpoint)
	if err == nil {
		req.Close()
	}
	return err
}

// Request is like Ask, but returns an error instead of failing a test.
func Request(endpoint string, frames ...[]byte) ([][]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := connect(ctx, endpoint)
	if err != nil {
		return nil, err
	}
	defer req.Close()
	// Close ends a REQ socket's Recv, but its context does not.
	defer context.AfterFunc(ctx, func() { req.Close() })()
	if err := req.Send(zmq4.NewMsgFrom(frames...)); err != nil {
		return nil, err
	}
	msg, err := req.Recv()
	return msg.Frames, err
}

// connect returns a REQ socket as soon as it has completed a handshake with a
// server. An accepted connection does not prove that there is a server.
func connect(ctx context.Context, endpoint string) (zmq4.Socket, error) {
	for {
		req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(0))
		err := req.Dial(endpoint)
		if err == nil {
			return req, nil
		}
		req.Close()
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// Leave sends a request and closes its end of the connection. It returns when the
// server closes the other end.
func Leave(endpoint string, frames ...[]byte) ([][]byte, error) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(endpoint, "tcp://"))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	req, err := zmq4.Open(conn, null.Security(), zmq4.Req, nil, false, nil)
	if err != nil {
		return nil, err
	}
	delimiter := [][]byte{nil}
	if err := req.SendMsg(zmq4.NewMsgFrom(append(delimiter, frames...)...)); err != nil {
		return nil, err
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return nil, err
	}
	_, err = io.Copy(io.Discard, conn)
	return nil, err
}
