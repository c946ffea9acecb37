// Package hints reads the hints of an exercise.
package hints

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Read returns the hints of the exercise in a folder. They are the doc
// comment of the function named solution in solution_test.go, one hint per
// paragraph. The last hint is that function itself. Read expects the file as gofmt
// formats it. A parser would make the tour slower to compile.
func Read(dir string) ([]string, error) {
	file := filepath.Join(dir, "solution_test.go")
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	above, body, found := strings.Cut(string(text), "\nfunc solution(")
	body, _, closed := strings.Cut(body, "\n}\n")
	if !found || !closed {
		return nil, fmt.Errorf("%s: no function named solution", file)
	}
	doc := above[strings.LastIndex(above+"\n", "\n\n")+1:]
	doc = strings.ReplaceAll(doc, "\n//", "\n")
	var hints []string
	for _, hint := range strings.Split(doc, "\n\n") {
		if hint = strings.Join(strings.Fields(hint), " "); hint != "" {
			hints = append(hints, hint)
		}
	}
	if len(hints) == 0 {
		return nil, fmt.Errorf("%s: solution has no doc comment with hints", file)
	}
	return append(hints, "the solution:\n\nfunc solution("+body+"\n}"), nil
}
