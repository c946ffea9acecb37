// Package hints reads the hints of an exercise.
package hints

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"strings"
)

// Read returns the hints of the exercise in a folder. They are the doc
// comment of the function named solution in solution_test.go, one hint per
// paragraph. The last hint is that function itself.
func Read(dir string) ([]string, error) {
	file := filepath.Join(dir, "solution_test.go")
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	for _, decl := range f.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Name.Name != "solution" {
			continue
		}
		var hints []string
		for _, hint := range strings.Split(fn.Doc.Text(), "\n\n") {
			if hint = strings.Join(strings.Fields(hint), " "); hint != "" {
				hints = append(hints, hint)
			}
		}
		if len(hints) == 0 {
			return nil, fmt.Errorf("%s: solution has no doc comment with hints", file)
		}
		fn.Doc = nil
		var source bytes.Buffer
		if err := printer.Fprint(&source, fset, &printer.CommentedNode{Node: fn, Comments: f.Comments}); err != nil {
			return nil, err
		}
		return append(hints, "the solution:\n\n"+source.String()), nil
	}
	return nil, fmt.Errorf("%s: no function named solution", file)
}
