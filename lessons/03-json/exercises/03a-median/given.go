package median

import (
	"context"
	"encoding/json"

	"github.com/go-zeromq/zmq4"
)

// serve is the server around SumUp. There is nothing to do here.
func serve(ctx context.Context, endpoint string, sumUp func([]float64) (Summary, error)) error {
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
		if err = json.Unmarshal(msg.Bytes(), &request); err == nil {
			reply, err = sumUp(request.Numbers)
		}
		if err != nil {
			reply = map[string]string{"error": err.Error()}
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
