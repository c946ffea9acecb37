package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
)

// probes are the functions that return the outcomes with plain zmq4 and with
// the idioms, by their names. Those with libzmq are in contract.py.
var probes = map[string]map[string]func() string{
	"req-peers":           {"zmq4": reqPeers},
	"req-bidirectional":   {"zmq4": reqBidirectional},
	"req-alternates":      {"zmq4": reqAlternates, "strict": reqAlternatesStrict},
	"req-round-robin":     asClient(3, reqRoundRobin),
	"req-matched":         asClient(1, reqMatched),
	"req-late-reply":      asClient(1, reqLateReply),
	"req-last-peer":       asClient(2, reqLastPeer, "workers"), // because they connect in any order
	"req-discards-others": asClient(2, reqDiscardsOthers, "workers"),
	"req-delimiter":       asClient(1, reqDelimiter),
	"req-heartbeat":       asClient(1, reqHeartbeat),
	"req-pong":            asClient(1, reqPong),
	"req-mute":            {"zmq4": reqMute, "workers": reqMuteWorkers},
	"req-no-service":      with(asClient(1, reqNoServiceIdiom), "zmq4", reqNoService),
	"req-never-discards":  asClient(1, reqNeverDiscards),
	"req-service-gone":    often("A answers 3, B answers 3 of 6", asClient(3, reqServiceGone)),
	"rep-peers":           {"zmq4": repPeers},
	"rep-bidirectional":   {"zmq4": repBidirectional},
	"rep-alternates":      {"zmq4": repAlternates, "strict": repAlternatesStrict},
	"rep-fair-queued":     {"zmq4": repFairQueued, "fair": repFairQueuedFair},
	"rep-last-peer":       asService(repLastPeer),
	"rep-identity":        asService(repIdentity),
	"rep-discards":        asService(repDiscards),
	"rep-never-blocks":    asService(repNeverBlocks),
	"rep-delimiter":       asService(repDelimiter),
	"rep-heartbeat":       asService(repHeartbeat),
	"rep-no-frame":        asService(repNoFrame),
	"empty-message":       asService(emptyMessage),
	"empty-frames":        asService(emptyFrames),
	"close-reply":         asServices(closeReply),
	"connect-first":       {"zmq4": connectFirst, "connect": connectFirstConnect, "ask": connectFirstAsk},
	"reconnects":          asClient(1, reconnects),
	"whole":               {"zmq4": whole},
	"close-request":       {"zmq4": closeRequest},
	"one-owner":           {"zmq4": oneOwner, "strict": oneOwnerStrict},
	"as-bytes":            asClient(1, asBytes),
	"buffer-free":         {"zmq4": bufferFree, "copy": bufferFreeCopy},
	"after-close":         {"zmq4": afterClose, "strict": afterCloseStrict},
	"bind-twice":          {"zmq4": bindTwice, "endpoints": bindTwiceEndpoints},
	"bind-forms":          {"zmq4": bindForms, "bind": bindFormsBind},
	"bind-all":            {"zmq4": bindAll, "bind": bindAllBind},
	"ipc-rebind":          {"zmq4": ipcRebind, "ipc": ipcRebindIPC},
	"inproc-any-size":     {"zmq4": inprocAnySize},
	"dealer-round-robin":  {"zmq4": dealerRoundRobin, "turns": dealerRoundRobinTurns},
}

// A Promise is a sentence, or a row of a table, in ZeroMQ's documents.
type Promise struct {
	ID     string   `json:"id"`
	Socket string   `json:"socket"`  // REQ, REP or any
	Text   string   `json:"promise"` // in our words
	Source string   `json:"source"`  // a key of Contract.Sources, and where in it
	Lesson string   `json:"lesson"`
	Kept   string   `json:"kept"` // the outcome if the promise is kept
	Zmq4   string   `json:"zmq4"`
	Libzmq string   `json:"libzmq"`
	Write  string   `json:"write,omitempty"`  // the idiom to use, if the promise needs one and there is one
	Idioms []string `json:"idioms,omitempty"` // all idioms that keep it
	Note   string   `json:"note"`
}

// Contract is the content of testdata/contract.json.
type Contract struct {
	Sources  map[string]string `json:"sources"` // their addresses
	Promises []Promise         `json:"promises"`
}

// A probeID names a probe: its promise, and its column: libzmq, zmq4 or an
// idiom.
type probeID struct{ promise, column string }

// columns returns the columns of a promise: zmq4, the idiom to use, or all the
// idioms that are tried, and libzmq.
func (p *Promise) columns(all bool) []string {
	list := []string{"zmq4"}
	if all {
		for name := range probes[p.ID] {
			if name != "zmq4" {
				list = append(list, name)
			}
		}
		slices.Sort(list[1:])
	} else if p.Write != "" {
		list = append(list, p.Write)
	}
	return append(list, "libzmq")
}

// outcome returns the recorded outcome of a column. For an idiom, the record only
// says whether it keeps the promise.
func (p *Promise) outcome(column string) string {
	switch column {
	case "zmq4":
		return p.Zmq4
	case "libzmq":
		return p.Libzmq
	}
	if slices.Contains(p.Idioms, column) {
		return p.Kept
	}
	return "not kept"
}

// record records the outcome of a column.
func (p *Promise) record(column, outcome string) {
	switch column {
	case "zmq4":
		p.Zmq4 = outcome
	case "libzmq":
		p.Libzmq = outcome
	default:
		p.Idioms = slices.DeleteFunc(p.Idioms, func(name string) bool { return name == column })
		if outcome == p.Kept {
			p.Idioms = append(p.Idioms, column)
			slices.Sort(p.Idioms)
		}
	}
}

func load() (c Contract, err error) {
	data, err := os.ReadFile(inRepo("testdata/contract.json"))
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(data, &c)
}

// inRepo returns the path of a file in this repository, from any of its folders.
func inRepo(name string) string {
	name = filepath.FromSlash(name)
	for dir := "."; len(dir) < 100; dir = filepath.Join("..", dir) {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return filepath.Join(dir, name)
		}
	}
	return name
}
