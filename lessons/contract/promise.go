package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"zeromq-lessons/internal/host"
)

// patience is how long a probe may take.
const patience = time.Minute

// columnEnv is an environment variable. It tells a process of this program, or
// of its tests, to run one probe: the column's, for the promise that the
// argument names.
const columnEnv = "CONTRACT_COLUMN"

// probes are the functions that return the outcomes with zmq4. Those with
// libzmq are in contract.py.
var probes = map[string]map[string]func() string{
	"req-peers":           {"zmq4": reqPeers},
	"req-bidirectional":   {"zmq4": reqBidirectional},
	"req-alternates":      {"zmq4": reqAlternates, "idiom": reqAlternatesIdiom},
	"req-round-robin":     {"zmq4": reqRoundRobin},
	"req-matched":         {"zmq4": reqMatched, "idiom": reqMatchedIdiom},
	"req-late-reply":      {"zmq4": reqLateReply, "idiom": reqLateReplyIdiom},
	"req-last-peer":       {"zmq4": reqLastPeer},
	"req-discards-others": {"zmq4": reqDiscardsOthers, "idiom": reqDiscardsOthersIdiom},
	"req-mute":            {"zmq4": reqMute, "idiom": reqMuteIdiom},
	"req-no-service":      {"zmq4": reqNoService, "idiom": reqNoServiceIdiom},
	"req-never-discards":  {"zmq4": reqNeverDiscards, "idiom": reqNeverDiscardsIdiom},
	"req-service-gone":    {"zmq4": reqServiceGone, "idiom": reqServiceGoneIdiom},
	"rep-peers":           {"zmq4": repPeers},
	"rep-bidirectional":   {"zmq4": repBidirectional},
	"rep-alternates":      {"zmq4": repAlternates, "idiom": repAlternatesIdiom},
	"rep-fair-queued":     {"zmq4": repFairQueued, "idiom": repFairQueuedIdiom},
	"rep-last-peer":       {"zmq4": repLastPeer},
	"rep-discards":        {"zmq4": repDiscards},
	"rep-never-blocks":    {"zmq4": repNeverBlocks, "idiom": repNeverBlocksIdiom},
	"connect-first":       {"zmq4": connectFirst, "idiom": connectFirstIdiom},
	"reconnects":          {"zmq4": reconnects, "idiom": reconnectsIdiom},
	"whole":               {"zmq4": whole},
	"close-request":       {"zmq4": closeRequest},
	"close-reply":         {"zmq4": closeReply, "idiom": closeReplyIdiom},
	"one-owner":           {"zmq4": oneOwner, "idiom": oneOwnerIdiom},
	"as-bytes":            {"zmq4": asBytes},
	"empty-message":       {"zmq4": emptyMessage, "idiom": emptyMessageIdiom},
	"empty-frames":        {"zmq4": emptyFrames, "idiom": emptyFramesIdiom},
}

// A Promise is a sentence, or a row of a table, in ZeroMQ's documents.
type Promise struct {
	ID     string `json:"id"`
	Socket string `json:"socket"`  // REQ, REP or both
	Text   string `json:"promise"` // in our words
	Source string `json:"source"`  // a key of Contract.Sources, and where in it
	Lesson string `json:"lesson"`
	Kept   string `json:"kept"` // the outcome if the promise is kept
	Libzmq string `json:"libzmq"`
	Zmq4   string `json:"zmq4"`
	Idiom  string `json:"idiom,omitempty"` // if it needs one, and there is one
	Note   string `json:"note"`
}

// Contract is what testdata/contract.json holds.
type Contract struct {
	Sources  map[string]string `json:"sources"` // their addresses
	Promises []Promise         `json:"promises"`
}

type column struct {
	name    string
	outcome *string
}

// columns are the ways to run the promise.
func (p *Promise) columns() []column {
	all := []column{{"libzmq", &p.Libzmq}, {"zmq4", &p.Zmq4}}
	if probes[p.ID]["idiom"] != nil {
		all = append(all, column{"idiom", &p.Idiom})
	}
	return all
}

// run runs the promise's probes at the same time. It returns what has changed,
// and keeps the new outcomes.
func (p *Promise) run() (changes []string, err error) {
	columns := p.columns()
	outcomes := make([]string, len(columns))
	errs := make([]error, len(columns))
	var wg sync.WaitGroup
	for i, column := range columns {
		wg.Go(func() { outcomes[i], errs[i] = runProbe(column.name, p.ID) })
	}
	wg.Wait()
	for i, column := range columns {
		switch was, is := *column.outcome, outcomes[i]; {
		case errors.Is(errs[i], errNoPython):
		case errs[i] != nil:
			err = errors.Join(err, fmt.Errorf("%s with %s: %w", p.ID, column.name, errs[i]))
		case was != is:
			changes = append(changes, fmt.Sprintf("%s with %s was %q, is %q", p.ID, column.name, was, is))
			*column.outcome = is
		}
	}
	return changes, err
}

var errNoPython = errors.New("no pyzmq")

// death is how a process begins to say that it dies of a panic.
var death = regexp.MustCompile(`(?m)^(panic|fatal error): .*`)

// runProbe runs one probe in a process of its own and returns the outcome.
func runProbe(column, id string) (outcome string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var cmd *exec.Cmd
	if column == "libzmq" {
		python, err := host.Python()
		if err != nil {
			return "", err
		}
		if python == "" {
			return "", errNoPython
		}
		cmd = exec.CommandContext(ctx, python, inRepo("lessons/contract/contract.py"), id)
	} else {
		self, err := os.Executable()
		if err != nil {
			return "", err
		}
		cmd = exec.CommandContext(ctx, self, id)
		cmd.Env = append(os.Environ(), columnEnv+"="+column)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	switch {
	case ctx.Err() != nil:
		return "hangs", nil
	case death.Match(stderr.Bytes()):
		return death.FindString(stderr.String()), nil
	case err != nil:
		return "", fmt.Errorf("%w\n%s", err, stderr.String())
	}
	return strings.TrimSpace(string(stdout)), nil
}

func load() (c Contract, err error) {
	data, err := os.ReadFile(inRepo("testdata/contract.json"))
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(data, &c)
}

// inRepo returns the path of a file of this repository. The program runs in one
// of its folders.
func inRepo(name string) string {
	for dir := "."; ; dir = filepath.Join("..", dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil || len(dir) > 100 {
			return filepath.Join(dir, filepath.FromSlash(name))
		}
	}
}
