// Package language has what zmq4 needs of golang.org/x/text/language.
package language

type Tag struct{}

var Und Tag
