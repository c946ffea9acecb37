package upper

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/go-zeromq/zmq4"
)

// It replies with the unchanged request.
func wrongEcho(ctx context.Context, endpoint string) error {
	return wrongServe(ctx, endpoint, func(s string) string { return s })
}

// It handles only the letters of the English alphabet.
func wrongAsciiOnly(ctx context.Context, endpoint string) error {
	return wrongServe(ctx, endpoint, func(s string) string {
		return string(bytes.Map(func(r rune) rune {
			if 'a' <= r && r <= 'z' {
				r += 'A' - 'a'
			}
			return r
		}, []byte(s)))
	})
}

func wrongServe(ctx context.Context, endpoint string, answer func(string) string) error {
	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	for {
		msg, err := rep.Recv()
		if err != nil {
			return nil
		}
		if err := rep.Send(zmq4.NewMsgString(answer(string(msg.Bytes())))); err != nil {
			return err
		}
	}
}

// It returns after the first request.
func wrongOnce(ctx context.Context, endpoint string) error {
	rep := zmq4.NewRep(ctx)
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	msg, err := rep.Recv()
	if err != nil {
		return err
	}
	return rep.Send(zmq4.NewMsgString(strings.ToUpper(string(msg.Bytes()))))
}

// It receives twice before it sends.
func wrongTwice(ctx context.Context, endpoint string) error {
	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	for {
		if _, err := rep.Recv(); err != nil {
			return nil
		}
		msg, err := rep.Recv()
		if err != nil {
			return nil
		}
		if err := rep.Send(msg); err != nil {
			return err
		}
	}
}

// It does not close its socket.
func wrongOpen(ctx context.Context, endpoint string) error {
	rep := zmq4.NewRep(ctx)
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	for {
		msg, err := rep.Recv()
		if err != nil {
			return nil
		}
		if err := rep.Send(zmq4.NewMsgString(strings.ToUpper(string(msg.Bytes())))); err != nil {
			return err
		}
	}
}

// It panics if a message has no frames.
func wrongFirstFrame(ctx context.Context, endpoint string) error {
	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	for {
		msg, err := rep.Recv()
		if err != nil {
			return nil
		}
		if err := rep.Send(zmq4.NewMsg(bytes.ToUpper(msg.Frames[0]))); err != nil {
			return err
		}
	}
}

// It sends a second reply, which the client takes for the reply to its next
// request.
func wrongSendsTwice(ctx context.Context, endpoint string) error {
	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	for {
		msg, err := rep.Recv()
		if err != nil {
			return nil
		}
		for range 2 {
			if err := rep.Send(zmq4.NewMsgString(strings.ToUpper(string(msg.Bytes())))); err != nil {
				return err
			}
		}
	}
}

// It returns an error when the caller ends the context.
func wrongError(ctx context.Context, endpoint string) error {
	if err := solution(ctx, endpoint); err != nil {
		return err
	}
	return ctx.Err()
}

// It binds to an endpoint that no client knows.
func wrongEndpoint(ctx context.Context, endpoint string) error {
	return solution(ctx, "tcp://127.0.0.1:0")
}

// This one is right, although it notices the end of the context late.
func rightPolls(ctx context.Context, endpoint string) error {
	rep := zmq4.NewRep(context.Background())
	defer rep.Close()
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	requests := make(chan zmq4.Msg)
	go func() {
		for {
			msg, err := rep.Recv()
			if err != nil {
				return
			}
			requests <- msg
		}
	}()
	for ctx.Err() == nil {
		select {
		case msg := <-requests:
			if err := rep.Send(zmq4.NewMsgString(strings.ToUpper(string(msg.Bytes())))); err != nil {
				return err
			}
		case <-time.After(2 * time.Second):
		}
	}
	return nil
}
