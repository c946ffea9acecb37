package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	random "math/rand/v2"
	"time"

	"github.com/go-zeromq/zmq4"
)

// A client asks the service at an endpoint that begins with guard://.
type client struct {
	endpoint string
	timeout  time.Duration // of each try
	tries    int           // 1 if requests may not be repeated
}

// call decodes a reply's body into out. If the reply is an error, it is a *failure.
func (c *client) call(ctx context.Context, kind string, in, out any) error {
	id := rand.Text()
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	data, _ := json.Marshal(request{Version: version, ID: id, Kind: kind, Body: body}) // cannot fail
	for try, pause := 1, 100*time.Millisecond; ; try, pause = try+1, min(2*pause, 2*time.Second) {
		reply, err := c.try(ctx, id, data)
		switch {
		case err == nil && reply.Error != nil:
			return reply.Error
		case err == nil:
			return json.Unmarshal(reply.Body, out)
		case try >= c.tries, ctx.Err() != nil:
			return fmt.Errorf("no reply from %s in try %d of %d: %w", c.endpoint, try, c.tries, err)
		}
		slog.Warn("no reply", "id", id, "try", try, "error", err)
		select {
		case <-time.After(pause/2 + random.N(pause)): // clients do not all come back together
		case <-ctx.Done():
		}
	}
}

// try asks once, on a new socket, so it cannot receive the reply to an earlier
// try. With guard://, Dial, Send and Recv return when the context ends.
func (c *client) try(ctx context.Context, id string, data []byte) (out reply, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req := zmq4.NewReq(ctx, zmq4.WithDialerMaxRetries(0))
	defer req.Close()
	for failure := req.Dial(c.endpoint); failure != nil; failure = req.Dial(c.endpoint) {
		if err == nil || ctx.Err() == nil {
			err = failure // why it could not connect, and not that the time is up
		}
		if time.Sleep(50 * time.Millisecond); ctx.Err() != nil {
			return out, err
		}
	}
	var msg zmq4.Msg
	if err = req.Send(zmq4.NewMsg(data)); err == nil {
		msg, err = req.Recv()
	}
	if err == nil {
		err = json.Unmarshal(msg.Bytes(), &out)
	}
	if err == nil && out.ID != id && out.Error == nil {
		err = errors.New("the reply is to another request")
	}
	return out, err
}
