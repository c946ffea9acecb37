// Http compares net/http with a value in JSON, over connections that are kept.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"

	"zeromq-lessons/docs/compare/peer"
)

type value struct {
	Text string `json:"text"`
}

func main() { peer.Main(serve, dial) }

func serve() (addr string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var v value
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, peer.MaxSize)).Decode(&v); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(v)
	}))
	return l.Addr().String(), nil
}

func dial(addr string, size int) (peer.Trip, error) {
	client := &http.Client{Transport: &http.Transport{}}
	request := value{strings.Repeat("x", size)}
	return func() error {
		body, err := json.Marshal(request)
		if err != nil {
			return err
		}
		response, err := client.Post("http://"+addr, "application/json", bytes.NewReader(body))
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("the server says %s", response.Status)
		}
		var reply value
		if err := json.NewDecoder(response.Body).Decode(&reply); err != nil {
			return err
		}
		response.Body.Read(make([]byte, 1)) // to its end, so that the connection is kept
		return peer.Same(len(reply.Text), size)
	}, nil
}
