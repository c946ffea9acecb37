// Package language contains the part of golang.org/x/text/language that zmq4
// needs.
package language

type Tag struct{}

var Und Tag
