package median

import (
	"context"
	"encoding/json"

	"github.com/go-zeromq/zmq4"
)

// serve is the server that calls SumUp. There is nothing to do here.
func serve(ctx context.Context, endpoint string, sumUp func([]float64) Summary) error {
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
		var request struct {
			Numbers []float64 `json:"numbers"`
		}
		var reply any
		if err := json.Unmarshal(msg.Bytes(), &request); err != nil {
			reply = map[string]string{"error": err.Error()}
		} else {
			reply = sumUp(request.Numbers)
		}
		data, err := json.Marshal(reply)
		if err != nil {
			return err
		}
		if err := rep.Send(zmq4.NewMsg(data)); err != nil {
			return err
		}
	}
}
