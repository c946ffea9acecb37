// Package cases has what zmq4 needs of golang.org/x/text/cases.
package cases

import (
	"strings"

	"golang.org/x/text/language"
)

type Option struct{}

var NoLower Option

type Caser struct{}

func Title(language.Tag, ...Option) Caser { return Caser{} }

// String returns words with hyphens between them, each with a capital letter.
func (Caser) String(words string) string {
	all := strings.Split(words, "-")
	for i, word := range all {
		if word != "" {
			all[i] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(all, "-")
}
