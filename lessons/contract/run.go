package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"

	"zeromq-lessons/internal/host"
)

// patience is how long a probe may take.
const patience = time.Minute

// columnEnv is an environment variable that tells this program, or its tests,
// to run one probe: that of the column for the promise in the first argument.
const columnEnv = "CONTRACT_COLUMN"

// probesOf returns the probes of promises, with all idioms or only with those to
// use.
func probesOf(promises []Promise, all bool) (ids []probeID) {
	for _, p := range promises {
		for _, column := range p.columns(all) {
			ids = append(ids, probeID{p.ID, column})
		}
	}
	return ids
}

// compare returns how the results of the promise's probes differ from the
// recorded outcomes, and records them instead.
func (p *Promise) compare(results map[probeID]result) (changes []string, err error) {
	for _, column := range p.columns(true) {
		r, ok := results[probeID{p.ID, column}]
		switch was := p.outcome(column); {
		case !ok || errors.Is(r.err, errNotRun):
		case r.err != nil:
			err = errors.Join(err, fmt.Errorf("%s with %s: %w", p.ID, column, r.err))
		case r.outcome != was && (was != "not kept" || r.outcome == p.Kept):
			changes = append(changes, fmt.Sprintf("%s with %s: got %q, want %q", p.ID, column, r.outcome, was))
			p.record(column, r.outcome)
		}
	}
	return changes, err
}

// A result is a probe's outcome, or the error that kept it from running.
type result struct {
	outcome string
	err     error // errNotRun if this computer lacks what the probe needs
}

var errNotRun = errors.New("not run")

// noIPv6 is the outcome of a probe that needs IPv6 on a computer without it.
const noIPv6 = "not run: no IPv6 here"

// run runs the probes and returns their results. Each Go probe has its own
// process, because zmq4 may crash it. Twelve run at a time, which is fine since
// they mostly wait. All libzmq probes share a process.
func run(ids []probeID) map[probeID]result {
	results := map[probeID]result{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	var libzmq []string
	slots := make(chan struct{}, 12)
	for _, id := range ids {
		if id.column == "libzmq" {
			libzmq = append(libzmq, id.promise)
			continue
		}
		wg.Go(func() {
			slots <- struct{}{}
			r := runGo(id)
			<-slots
			mu.Lock()
			results[id] = r
			mu.Unlock()
		})
	}
	for promise, r := range runPython(libzmq) {
		mu.Lock()
		results[probeID{promise, "libzmq"}] = r
		mu.Unlock()
	}
	wg.Wait()
	return results
}

func ran(outcome string) result {
	if outcome == noIPv6 {
		return result{err: fmt.Errorf("%w: no IPv6 here", errNotRun)}
	}
	return result{outcome: outcome}
}

// death matches the first line that a process prints when it panics.
var death = regexp.MustCompile(`(?m)^(panic|fatal error): .*`)

func runGo(id probeID) result {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		return result{err: err}
	}
	cmd := exec.CommandContext(ctx, self, id.promise)
	cmd.Env = append(os.Environ(), columnEnv+"="+id.column)
	if id.column == "zmq4" { // zmq4 may have data races
		cmd.Env = append(cmd.Env, "GORACE=exitcode=0")
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	switch {
	case ctx.Err() != nil:
		return result{outcome: "hangs"}
	case death.Match(stderr.Bytes()):
		return result{outcome: death.FindString(stderr.String())}
	case err != nil:
		return result{err: fmt.Errorf("%w\n%s", err, stderr.String())}
	}
	return ran(strings.TrimSpace(string(stdout)))
}

// runPython runs the promises' probes with libzmq.
func runPython(promises []string) map[string]result {
	results := map[string]result{}
	python, err := host.Python()
	if python == "" && err == nil {
		err = fmt.Errorf("%w: no Python here has pyzmq", errNotRun)
	}
	if len(promises) == 0 || err != nil {
		for _, promise := range promises {
			results[promise] = result{err: err}
		}
		return results
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, append([]string{inRepo("lessons/contract/contract.py")}, promises...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	lines := bufio.NewScanner(bytes.NewReader(stdout))
	for lines.Scan() {
		promise, outcome, _ := strings.Cut(lines.Text(), "\t")
		results[promise] = ran(outcome)
	}
	for _, promise := range promises {
		if _, ok := results[promise]; !ok {
			results[promise] = result{err: fmt.Errorf("no outcome: %w\n%s", err, stderr.String())}
		}
	}
	return results
}
