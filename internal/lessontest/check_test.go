package lessontest

import (
	"path/filepath"
	"slices"
	"testing"
)

func TestExecs(t *testing.T) {
	const script = "# exec client a\n[pyzmq] ! exec client b &c&\nexec\nstdout 'exec client d'\n"
	if got, want := execs(script), []string{"client b"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestContainsLines(t *testing.T) {
	const text = "a\n\tb\n\t\tc\nd\nif p:\n    q\n        r\n"
	tests := []struct {
		lines string
		want  bool
	}{
		{"a\n\tb\n", true},
		{"b\n\tc\n", true},
		{"c\n", true},
		{"q\n    r\n", true}, // Python
		{"b\nd\n", false},    // not one after the other
		{"b\nc\n", false},    // not indented alike
		{"x\n", false},
	}
	for _, test := range tests {
		if got := containsLines(text, test.lines); got != test.want {
			t.Errorf("containsLines(%q, %q) = %v", text, test.lines, got)
		}
	}
}

func TestAsExec(t *testing.T) {
	tests := []struct{ command, want string }{
		{"go run ./lessons/02-x/server", "server -bind $ENDPOINT"},
		{"go run ./lessons/02-x/server -bind tcp://127.0.0.1:5556", "server -bind $ENDPOINT2"},
		{"go run ./lessons/02-x/client -connect tcp://127.0.0.1:5555,tcp://127.0.0.1:5556", "client -connect $ENDPOINT,$ENDPOINT2"},
		{"go run ./lessons/02-x/client Ada Grace", "client -connect $ENDPOINT Ada Grace"},
		{"python3 lessons/02-x/python/client.py Ada", "$PYTHON $LESSON/python/client.py -connect $ENDPOINT Ada"},
		{"python3 lessons/02-x/python/client.py", "$PYTHON $LESSON/python/client.py -connect $ENDPOINT"},
		{"go run ./lessons/03-y/server", "03-y-server -bind $ENDPOINT"}, // another lesson's
		{"go run ./lessons -wire 02", "lessons -wire 02"},
		{"go run ./lessons -wire tcp://127.0.0.1:5556 tcp://127.0.0.1:5555", "lessons -wire $ENDPOINT2 $ENDPOINT"},
	}
	for _, test := range tests {
		if got := asExec(test.command, "02-x"); got != test.want {
			t.Errorf("asExec(%q) = %q, want %q", test.command, got, test.want)
		}
	}
}

func TestGoTest(t *testing.T) {
	tests := []struct{ command, want string }{
		{"go test ./lessons/02-x", "testdata"},
		{"go test ./lessons/02-x -run Lesson/bad -v", "testdata/bad.txtar"},
		{"go test -bench . ./lessons/02-x", "bench_test.go"},
		{"go test -bench . ./lessons/03-y", ""}, // another lesson's
		{"go run ./lessons/02-x/server", ""},
	}
	for _, test := range tests {
		got, ok := goTest(test.command, "02-x")
		if filepath.ToSlash(got) != test.want || ok != (test.want != "") {
			t.Errorf("goTest(%q) = %q, %v, want %q", test.command, got, ok, test.want)
		}
	}
}

func TestClosest(t *testing.T) {
	const source = "package a\n\nfunc b() {\n\tc()\n\td()\n\te()\n}\n\nfunc f() {\n\tc()\n}\n"
	tests := []struct{ name, text, want string }{
		{"a line changed", "c()\nD()\ne()\n", "c()\nd()\ne()\n"},
		{"a line is new", "c()\ne()\n", "c()\nd()\ne()\n"},
		{"a line is gone", "c()\nd()\nD()\ne()\n", "c()\nd()\ne()\n"},
		{"too little is the same", "C()\nD()\ne()\n", ""},
		{"in two places", "func B() {\n\tc()\n", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := closest(test.text, []string{"x\n", source})
			if ok != (test.want != "") || ok && got != test.want {
				t.Errorf("got %q, %v, want %q", got, ok, test.want)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	const log = `# start (0.100s)
> exec client
[stdout]
a
> cmp stdout client.txt
diff stdout client.txt
--- stdout
+++ client.txt
@@ -1,1 +1,1 @@
-a
+b
FAIL: testdata/x.txtar:3: stdout and client.txt differ
> ask $ENDPOINT
[stdout]
c
> stdout '^d$'
` + "FAIL: testdata/x.txtar:5: no match for `^d$` found in stdout\n"
	want := []failure{
		{where: "testdata/x.txtar:3", phase: "start", command: "cmp stdout client.txt", got: "a", want: "b"},
		{where: "testdata/x.txtar:5", phase: "start", command: "stdout '^d$'", got: "c", want: "^d$", pattern: true},
	}
	if got := failures(log); !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestChanged(t *testing.T) {
	tests := []struct{ was, is, wantWas, wantIs string }{
		{`sent "World", received "Hello, World!"`, `sent "World", received "Hi, World!"`, "Hello", "Hi"},
		{"Zoë", "Zoé", "Zoë", "Zoé"},
		{"a b", "a b c", "b", "b c"},
		{"a", "a", "", ""},
	}
	for _, test := range tests {
		if was, is := changed(test.was, test.is); was != test.wantWas || is != test.wantIs {
			t.Errorf("changed(%q, %q) = %q, %q", test.was, test.is, was, is)
		}
	}
}
