// Package strict is exercise 03b: a server that does not guess.
package strict

// A Greeting is what a request asks for.
type Greeting struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// Decode turns a request into a Greeting. A field that a Greeting does not have
// is an error, and so is anything after the object. A field may be missing, and
// Decode may accept whatever else encoding/json accepts, such as "NAME":
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
	panic("TODO: decode the data, more strictly than json.Unmarshal does")
}
