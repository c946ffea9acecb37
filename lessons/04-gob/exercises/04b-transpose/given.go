package transpose

import (
	"bytes"
	"context"
	"encoding/gob"

	"github.com/go-zeromq/zmq4"
)

// serve is the server that calls Transpose. There is nothing to do here.
func serve(ctx context.Context, endpoint string, transpose func(Matrix) Matrix) error {
	rep := zmq4.NewRep(ctx)
	defer rep.Close()
	if err := rep.Listen(endpoint); err != nil {
		return err
	}
	for {
		msg, err := rep.Recv()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			continue
		}
		var m Matrix
		if err := gob.NewDecoder(bytes.NewReader(msg.Bytes())).Decode(&m); err != nil {
			return err
		}
		var data bytes.Buffer
		if err := gob.NewEncoder(&data).Encode(transpose(m)); err != nil {
			return err
		}
		if err := rep.Send(zmq4.NewMsg(data.Bytes())); err != nil {
			return err
		}
	}
}
