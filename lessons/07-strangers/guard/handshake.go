package guard

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// greeting is what each side sends first: a signature, version 3.1, the
// mechanism, and zeros up to 64 bytes (RFC 37, "Formal Grammar"). A peer of
// version 3.0 accepts it as well ("Version Negotiation"); some of 3.1 accept
// nothing less.
var greeting = slices.Concat([]byte("\xff\x00\x00\x00\x00\x00\x00\x00\x00\x7f\x03\x01NULL"), make([]byte, 48))

// handshake reads the peer's greeting and READY.
func (r *reader) handshake() error {
	for !r.ready {
		if err := r.next(); err != nil {
			return err
		}
	}
	return nil
}

// readGreeting reads the peer's greeting, and passes on ours in its place. It
// checks each byte as it arrives, because a peer that speaks another protocol may
// wait for us before it has sent 64.
func (r *reader) readGreeting() error {
	for i, want := range greeting {
		g, err := r.in.Peek(i + 1)
		if err != nil {
			return err
		}
		switch got := g[i]; {
		case (i == 0 || i == 9) && got != want:
			return errors.New("does not speak ZMTP")
		case i == 10 && got < 3:
			return fmt.Errorf("speaks an old version of ZMTP, revision %d", got)
		case i >= 12 && i < 32 && got != want:
			return errors.New("asks for a security mechanism other than NULL")
		}
	}
	r.in.Discard(len(greeting))
	r.head = append(r.head, greeting...)
	r.next = r.readReady
	return nil
}

// readReady reads the peer's READY (RFC 37, "The NULL Security Mechanism"), and
// passes on a new one with only the socket type, because zmq4 panics on some
// malformed ones.
func (r *reader) readReady() error {
	h, err := r.readHeader()
	if err != nil {
		return err
	}
	body, err := r.readCommand(h)
	if err != nil {
		return err
	}
	name, properties, _ := cutField(body, 1)
	if h.flags&command == 0 || name != "READY" {
		return fmt.Errorf("sent %.20q before READY", body)
	}
	kind, err := socketType(properties)
	if err != nil {
		return err
	}
	if !slices.Contains(r.peers, kind) {
		return fmt.Errorf("is a %.20q, not a %s", kind, strings.Join(r.peers, " or a "))
	}
	ready := append([]byte("\x05READY\x0bSocket-Type\x00\x00\x00"), byte(len(kind)))
	ready = append(ready, kind...)
	r.head = append(r.head, command, byte(len(ready)))
	r.head = append(r.head, ready...)
	r.next, r.ready = r.readFrame, true
	return nil
}

// socketType returns the only property of READY that matters here. Names of
// properties are not case-sensitive.
func socketType(properties string) (kind string, err error) {
	found := false
	for properties != "" {
		name, rest, ok := cutField(properties, 1)
		value, rest, ok2 := cutField(rest, 4)
		if !ok || !ok2 || name == "" {
			return "", errors.New("sent a READY with a truncated property")
		}
		if strings.EqualFold(name, "Socket-Type") {
			if found {
				return "", errors.New("sent a READY with two socket types")
			}
			kind, found = value, true
		}
		properties = rest
	}
	if !found {
		return "", errors.New("sent a READY without a socket type")
	}
	return kind, nil
}

// cutField splits off the field at the start of s. The field is preceded by its
// length, in one byte or in four.
func cutField(s string, lengthBytes int) (field, rest string, ok bool) {
	if len(s) < lengthBytes {
		return "", "", false
	}
	var n uint64
	for _, b := range []byte(s[:lengthBytes]) {
		n = n<<8 | uint64(b)
	}
	if s = s[lengthBytes:]; n > uint64(len(s)) {
		return "", "", false
	}
	return s[:n], s[n:], true
}
