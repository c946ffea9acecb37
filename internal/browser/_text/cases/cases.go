// Package cases contains the part of golang.org/x/text/cases that zmq4 needs.
package cases

import (
	"strings"

	"golang.org/x/text/language"
)

type Option struct{}

var NoLower Option

type Caser struct{}

func Title(language.Tag, ...Option) Caser { return Caser{} }

// String capitalizes each of the words, which are joined by hyphens.
func (Caser) String(words string) string {
	all := strings.Split(words, "-")
	for i, word := range all {
		if word != "" {
			all[i] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(all, "-")
}
