// Package strict is exercise 03b: a server that does not guess.
package strict

import "zeromq-lessons/internal/exercise"

// A Greeting is what a request asks for.
type Greeting struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// Decode turns a request into a Greeting. A field that a Greeting does not
// have is an error, and so is anything after the object. A field may be left
// out, and what encoding/json lets pass besides, such as "NAME", may pass here:
//
//	request: {"name": "Lovelace", "title": "Lady"}
//	reply:   Hello, Lady Lovelace!
//
//	request: {"name": "Lovelace", "titel": "Lady"}
//	reply:   error: ...
//
//	request: {"name": "Lovelace", "title": "Lady"} {"name": "Byron"}
//	reply:   error: ...
func Decode(data []byte) (Greeting, error) {
	// TODO: decode the data, more strictly than json.Unmarshal does.
	return Greeting{}, exercise.TODO
}
