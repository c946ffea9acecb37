package main

import (
	"encoding/json"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// An entry is what the search finds: a section of a page, or a message.
type entry struct {
	Title string `json:"title"`
	Page  string `json:"page"`
	URL   string `json:"url"`
	Text  string `json:"text"`
	Words string `json:"words,omitempty"` // other words for it
}

// synonyms are words that readers use for something that a section calls by a
// different name.
var synonyms = map[string]string{
	"01-context.html#endpoints":                                    "inproc ipc tcp transport bind connect port",
	"01-context.html#the-client-connects-and-waits-for-its-server": "reconnect startup order",
	"02-req-rep.html#one-goroutine-per-socket":                     "thread threads mutex lock race concurrency concurrent",
	"02-req-rep.html#on-the-wire":                                  "wireshark tcpdump sniff trace debug ZMTP",
	"02-req-rep.html#several-servers-several-clients":              "load balancing scale",
	"03-json.html":                                "send_json recv_json serialize marshal",
	"04-gob.html":                                 "pickle serialize marshal",
	"05-multipart.html":                           "numpy array arrays binary",
	"06-no-reply.html":                            "retry retries timeout deadline hang hangs stuck freeze deadlock lazy pirate",
	"06-no-reply.html#pyzmq-beside-go":            "NOBLOCK DONTWAIT EAGAIN Again poll poller RCVTIMEO Resource temporarily unavailable",
	"06-no-reply.html#retries-that-make-it-worse": "backoff jitter overload",
	"07-strangers.html":                           "guard hostile attack untrusted maxmsgsize",
	"07-strangers.html#what-goes-wrong":           "encryption encrypt CURVE TLS SSL authentication password security",
	"08-workers.html":                             "broker ROUTER DEALER parallel pool queue load balancer",
	"your-own-service.html":                       "template deploy production",
	"your-own-service.html#in-a-container":        "docker podman kubernetes compose image",
	"your-own-service.html#make-it":               "windows powershell macos install",
	"contract.html#rep-delimiter":                 "envelope delimiter",
	"contract.html#req-heartbeat":                 "heartbeat heartbeats ping PING",
	"pyzmq.html#req-the-clients-socket":           "REQ",
	"pyzmq.html#rep-the-servers-socket":           "REP",
	"02-req-rep.html":                             "receive Recv Send hello world",
	"contract.html":                               "differences libzmq broken bugs",
}

// elsewhere lists what the ZeroMQ guide covers and this tutorial does not.
var elsewhere = []entry{
	{Title: "PUB and SUB: publish and subscribe", URL: "chapter1/", Words: "PUB SUB pubsub topic broadcast subscribe publish"},
	{Title: "PUSH and PULL: a pipeline", URL: "chapter1/", Words: "PUSH PULL ventilator sink"},
	{Title: "XPUB, XSUB and proxies", URL: "chapter2/", Words: "XPUB XSUB proxy device"},
	{Title: "PAIR: two threads", URL: "chapter2/", Words: "PAIR signal"},
	{Title: "ROUTER and DEALER, envelopes and identities", URL: "chapter3/", Words: "asynchronous identity"},
	{Title: "Reliable request-reply: the Pirate patterns and Majordomo", URL: "chapter4/", Words: "majordomo paranoid freelance titanic"},
	{Title: "Advanced publish-subscribe", URL: "chapter5/", Words: "clone slow subscriber last value cache"},
	{Title: "Discovery", URL: "chapter8/", Words: "beacon zyre discovery"},
}

// index returns a script that contains the entries. It is a script and not JSON,
// so that it also loads from a local file.
func (s *site) index() ([]byte, error) {
	var entries []entry
	for _, p := range s.pages {
		entries = append(entries, sections(p)...)
	}
	if wrong := s.page("docs/errors.md"); wrong != nil {
		seen := map[string]bool{}
		for _, m := range s.messages {
			usage := strings.HasPrefix(m.text, " ") || strings.HasPrefix(m.text, "Usage of ")
			if !seen[m.text] && !usage { // the first lesson that has it explains it
				entries = append(entries, entry{Title: m.text, Page: wrong.title(), URL: wrong.url + "#" + m.id})
			}
			seen[m.text] = true
		}
	}
	for i, e := range entries {
		entries[i].Words = synonyms[e.URL]
	}
	for _, e := range elsewhere {
		e.Page = "Not covered here: a chapter of the guide"
		e.URL = "https://zguide.zeromq.org/docs/" + e.URL + "#" + slug(e.Title)
		entries = append(entries, e)
	}
	data, err := json.Marshal(entries)
	return append(append([]byte("searchEntries = "), data...), ";\n"...), err
}

// sections splits a page at its headings, and its tables of commands and of
// messages at their rows.
func sections(p *page) (list []entry) {
	var rows []entry
	for n := parse(p.text).FirstChild(); n != nil; n = n.NextSibling() {
		if _, ok := n.(*ast.Heading); ok {
			h := p.headings[len(list)]
			url := p.url + "#" + h.id
			if h.level == 1 {
				url = p.url
			}
			list = append(list, entry{Title: h.text, Page: p.title(), URL: url})
			continue
		}
		if block, ok := n.(*ast.FencedCodeBlock); ok && string(block.Language(p.text)) == "mermaid" {
			continue
		}
		if table, ok := n.(*east.Table); ok {
			before := len(rows)
			for row := table.FirstChild(); row != nil; row = row.NextSibling() {
				if row, ok := row.(*east.TableRow); ok && rowID(p, row) != "" {
					cell := row.FirstChild()
					rows = append(rows, entry{Title: plain(cell, p.text), Page: p.title(), URL: p.url + "#" + rowID(p, row), Text: plain(cell.NextSibling(), p.text)})
				}
			}
			if len(rows) > before {
				continue
			}
		}
		last := &list[len(list)-1]
		last.Text = strings.Join(strings.Fields(last.Text+" "+plain(n, p.text)), " ")
	}
	return append(list, rows...)
}
