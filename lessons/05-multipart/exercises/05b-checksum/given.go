package checksum

import (
	"context"
	"encoding/binary"
	"hash/crc32"

	"github.com/go-zeromq/zmq4"
)

// seal adds the checksum that Open removes.
func seal(frames [][]byte) [][]byte {
	sum := crc32.NewIEEE()
	for _, frame := range frames {
		sum.Write(frame)
	}
	return append(frames, binary.BigEndian.AppendUint32(nil, sum.Sum32()))
}

// serve is a gateway: it opens requests, passes them on to a server, and seals
// the replies. There is nothing to do here.
func serve(ctx context.Context, endpoint, server string, open func([][]byte) ([][]byte, error)) error {
	req := zmq4.NewReq(ctx)
	defer req.Close()
	if err := req.Dial(server); err != nil {
		return err
	}
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
		var reply zmq4.Msg
		frames, err := open(msg.Frames)
		if err != nil {
			reply = zmq4.NewMsgString("damaged: " + err.Error())
		} else {
			if err := req.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
				return err
			}
			if reply, err = req.Recv(); err != nil {
				return err
			}
		}
		if err := rep.SendMulti(zmq4.NewMsgFrom(seal(reply.Frames)...)); err != nil {
			return err
		}
	}
}
