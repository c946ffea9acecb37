package main

import (
	"bytes"
	"fmt"
	"go/ast"
	gofmt "go/format"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// toolchain returns Go's compiler, linker and gofmt in one compressed WebAssembly
// binary, which compiles only for WebAssembly. They are built from Go's own files.
// Three of these lose the parts for other processors, which makes the binary a
// third smaller.
func toolchain(level string) ([]byte, error) {
	goroot, err := goFolder()
	if err != nil {
		return nil, err
	}
	version, err := goCommand(goroot, "version")
	if err != nil {
		return nil, err
	}
	layer, err := tools(filepath.Join(goroot, "src/cmd"))
	if err != nil {
		return nil, err
	}
	return packed(level, fmt.Sprint("tools", version, layer), func() ([]byte, error) {
		work, flags, err := buildFlags(layer, "")
		defer os.RemoveAll(work)
		if err != nil {
			return nil, err
		}
		out := filepath.Join(work, "tools.wasm")
		args := append([]string{"build", "-o", out}, flags...)
		if _, err := goCommand(filepath.Join(goroot, "src"), append(args, "cmd/compile")...); err != nil {
			return nil, err
		}
		return os.ReadFile(out)
	})
}

// tools returns the overlay for the files in Go's folder cmd that makes cmd/compile
// contain all three tools. The linker's main becomes a package that the compiler's
// main imports. It stays in its folder, because only packages there may import the
// linker's packages.
func tools(cmd string) (layer map[string]string, err error) {
	layer = map[string]string{filepath.Join(cmd, "compile/tools.go"): toolsMain}
	files, err := filepath.Glob(filepath.Join(cmd, "link/*.go"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		layer[file] = "" // documentation and tests belong to package main
	}
	for name, rename := range map[string][]string{
		"compile/internal/ssa/config.go": nil,
		"compile/main.go":                {"func main() {", "func compile() {"},
		"link/main.go":                   {"func main() {", "func Main() {", "package main\n", "package link\n"},
	} {
		file := filepath.Join(cmd, name)
		text, err := wasmOnly(file)
		if err != nil {
			return nil, err
		}
		for i := 0; i < len(rename); i += 2 {
			if strings.Count(text, rename[i]) != 1 {
				return nil, fmt.Errorf("%s has not one %q", file, rename[i])
			}
			text = strings.Replace(text, rename[i], rename[i+1], 1)
		}
		layer[file] = text
	}
	return layer, nil
}

var others = strings.Fields("386 amd64 arm arm64 loong64 mips mipsle mips64 mips64le ppc64 ppc64le riscv64 s390x")

// wasmOnly returns a file without the parts for other processors: cases of switches
// in main and NewConfig, and elements of maps.
func wasmOnly(file string) (string, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	dropped := map[string]bool{}
	drop := func(names ...ast.Expr) (is bool) {
		for _, e := range names {
			if lit, ok := e.(*ast.BasicLit); ok && slices.Contains(others, strings.Trim(lit.Value, `"`)) {
				dropped[lit.Value] = true
				is = true
			}
		}
		return is
	}
	ast.Inspect(f, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncDecl:
			return node.Name.Name == "main" || node.Name.Name == "NewConfig"
		case *ast.SwitchStmt:
			node.Body.List = slices.DeleteFunc(node.Body.List, func(s ast.Stmt) bool { return drop(s.(*ast.CaseClause).List...) })
		case *ast.CompositeLit:
			node.Elts = slices.DeleteFunc(node.Elts, func(e ast.Expr) bool {
				kv, ok := e.(*ast.KeyValueExpr)
				return ok && drop(kv.Key)
			})
		}
		return true
	})
	if len(dropped) != len(others) {
		return "", fmt.Errorf("%s chooses among %d of the %d processors that docs/site/toolchain.go knows: Go has changed it", file, len(dropped), len(others))
	}
	used := map[string]bool{}
	ast.Inspect(f, func(node ast.Node) bool {
		if s, ok := node.(*ast.SelectorExpr); ok {
			if id, ok := s.X.(*ast.Ident); ok {
				used[id.Name] = true
			}
		}
		return true
	})
	for _, decl := range f.Decls {
		if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.IMPORT {
			d.Specs = slices.DeleteFunc(d.Specs, func(s ast.Spec) bool {
				name, _ := strconv.Unquote(s.(*ast.ImportSpec).Path.Value)
				return !used[path.Base(name)]
			})
		}
	}
	var b bytes.Buffer
	err = gofmt.Node(&b, fset, f)
	return b.String(), err
}

// toolsMain is the main file of the three tools. The linker has already declared
// its flags when main begins, so the compiler gets a separate flag set.
const toolsMain = `package main

import (
	"cmd/link"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"strings"
)

func main() {
	switch os.Args[0] {
	case "compile":
		for _, file := range os.Args {
			if strings.HasSuffix(file, ".go") && !strings.Contains(file, "/zz_") {
				yielding(file)
			}
		}
		flag.CommandLine = flag.NewFlagSet("compile", flag.ExitOnError)
		compile()
	case "link":
		link.Main()
	case "gofmt":
		text, err := os.ReadFile(os.Args[1])
		if err == nil {
			text, err = format.Source(text)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		os.Stdout.Write(text)
	}
}

// yielding makes every loop in a file call pageLoop in each iteration, because a
// page has one thread, and Go cannot preempt a goroutine there. Lines and columns
// stay the same.
func yielding(file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		return
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, text, parser.SkipObjectResolution)
	if err != nil {
		return // the compiler will report what is wrong
	}
	var b strings.Builder
	at := 0
	ast.Inspect(f, func(n ast.Node) bool {
		var body *ast.BlockStmt
		switch n := n.(type) {
		case *ast.ForStmt:
			body = n.Body
		case *ast.RangeStmt:
			body = n.Body
		default:
			return true
		}
		p := fset.PositionFor(body.Lbrace+1, false)
		b.Write(text[at:p.Offset])
		fmt.Fprintf(&b, "pageLoop();/*line :%d:%d*/", p.Line, p.Column)
		at = p.Offset
		return true
	})
	b.Write(text[at:])
	os.WriteFile(file, []byte(b.String()), 0o644)
}
`
