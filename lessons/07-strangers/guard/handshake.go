package guard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// greeting is what each side sends first, and all that zmq4 gets to see of the
// peer's: a signature, version 3.0, the mechanism, and zeros up to 64 bytes.
var greeting = slices.Concat([]byte("\xff\x00\x00\x00\x00\x00\x00\x00\x00\x7f\x03\x00NULL"), make([]byte, 48))

// readGreeting reads the peer's greeting, and passes ours on in its place. It
// looks at each byte as it comes: who does not speak ZMTP 3 need not send 64.
func (r *reader) readGreeting() error {
	for i, want := range greeting {
		g, err := r.wire.Peek(i + 1)
		if err != nil {
			return err
		}
		switch got := g[i]; {
		case (i == 0 || i == 9) && got != want:
			return errors.New("does not speak ZMTP")
		case i == 10 && got < 3:
			return fmt.Errorf("speaks an old ZMTP, of revision %d", got)
		case i >= 12 && i < 32 && got != want:
			return errors.New("wants another security mechanism than NULL")
		}
	}
	r.head = append(r.head, greeting...)
	r.next = r.readReady
	return discard(r.wire, len(greeting))
}

// readReady reads the peer's READY, and passes on one of our own making, with
// the socket type alone. zmq4 dies of many that are not well made.
func (r *reader) readReady() error {
	h, err := r.readHeader()
	if err != nil {
		return err
	}
	if h.flags&command == 0 {
		return errors.New("sent a message before it was READY")
	}
	body, err := r.readCommand(h)
	if err != nil {
		return err
	}
	name, rest, _ := cutField(body, 1)
	switch name {
	case "READY":
	case "ERROR":
		reason, _, _ := cutField(rest, 1)
		return fmt.Errorf("refused us: %q", reason)
	default:
		return fmt.Errorf("sent %.20q before it was READY", name)
	}
	socketType, err := socketType(rest)
	if err != nil {
		return err
	}
	if !slices.Contains(r.peers, socketType) {
		return fmt.Errorf("is a %.20q, not a %s", socketType, strings.Join(r.peers, " or a "))
	}
	ready := "\x05READY\x0bSocket-Type\x00\x00\x00" + string([]byte{byte(len(socketType))}) + socketType
	r.head = append(r.head, command, byte(len(ready)))
	r.head = append(r.head, ready...)
	r.next, r.ready = r.readFrame, true
	return nil
}

// shakeHands reads greeting and READY without passing them on yet.
func (r *reader) shakeHands() error {
	if err := r.next(); err != nil {
		return err
	}
	return r.next()
}

// socketType returns the one of READY's properties that matters here. The
// names of properties are the same in capitals
// (https://rfc.zeromq.org/spec/23/).
func socketType(properties string) (value string, err error) {
	found := false
	for properties != "" {
		name, rest, ok := cutField(properties, 1)
		v, rest, ok2 := cutField(rest, 4)
		if !ok || !ok2 || name == "" {
			return "", errors.New("sent a READY with a property cut short")
		}
		if strings.EqualFold(name, "Socket-Type") {
			if found {
				return "", errors.New("sent a READY with two socket types")
			}
			value, found = v, true
		}
		properties = rest
	}
	if !found {
		return "", errors.New("sent a READY without a socket type")
	}
	return value, nil
}

// cutField cuts a field off the front of s. In front of it stands its length,
// in one byte or in four.
func cutField(s string, lengthBytes int) (field, rest string, ok bool) {
	if len(s) < lengthBytes {
		return "", "", false
	}
	var length [8]byte
	copy(length[8-lengthBytes:], s)
	n := binary.BigEndian.Uint64(length[:])
	s = s[lengthBytes:]
	if n > uint64(len(s)) {
		return "", "", false
	}
	return s[:n], s[n:], true
}
