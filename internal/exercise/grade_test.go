package exercise

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestExercise grades attempts that could occur in any exercise.
func TestExercise(t *testing.T) {
	if name := os.Getenv(attemptEnv); name != "" {
		if name == "waits forever" {
			patience = 2 * quiet
		}
		run(t, func(t *Try, attempt func()) {
			t.Now("It was called.")
			attempt()
		}, attempts[name])
	}

	tests := map[string]struct{ message, printed string }{
		"right":         {"^$", "^$"},
		"takes time":    {"^$", "^$"},
		"prints":        {"^$", `^to standard output\n.* to standard error\n$`},
		"prints, dies":  {`^Your program panicked: oh no\nat wrong_test.go:\d+$`, `^about to fail\n$`},
		"exits":         {`^Your program ended with exit status 0 before it returned.*os\.Exit`, "^$"},
		"log.Fatal":     {`^Your program ended with exit status 1 before it returned.*log\.Fatal`, "cannot go on\n$"},
		"empty loop":    {`^It was called.\nYour program is still running, at wrong_test.go(:\d+|, in function emptyLoop)\.$`, "^$"},
		"busy loop":     {`^It was called.\nYour program is still running, at wrong_test.go:\d\d\.$`, "^$"},
		"deadlock":      {`^It was called.\nYour program is still waiting, at wrong_test.go:\d+\.$`, "^$"},
		"goroutine":     {`^Your program panicked: assignment to entry in nil map\nat wrong_test.go:\d+$`, "^$"},
		"waits forever": {`^It was called.\nYour program is still waiting, at wrong_test.go:\d+\.$`, "^$"},
		"in background": {`a goroutine that it started is still waiting, at wrong_test.go:\d+`, "^$"},
	}
	if len(tests) != len(attempts) {
		t.Errorf("%d tests for %d attempts", len(tests), len(attempts))
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			switch name {
			case "empty loop", "busy loop", "waits forever", "takes time": // some seconds
				thorough(t)
			}
			r := grade(t, name)
			if !regexp.MustCompile(want.message).MatchString(r.Message) {
				t.Errorf("the message is:\n%s\nwant a match for %q", r.Message, want.message)
			}
			if !regexp.MustCompile(want.printed).MatchString(r.printed) {
				t.Errorf("it printed:\n%s\nwant a match for %q", r.printed, want.printed)
			}
		})
	}
}

// The stub's panic says where to edit, in whatever folder the clone is. A panic of
// the reader's code does not mean that they have not started.
func TestToDo(t *testing.T) {
	trace := func(value, function, file string) string {
		return "panic: " + value + "\n\ngoroutine 7 [running]:\n" + function + "\n\t" + file + ":15 +0x25\n"
	}
	const function = "zeromq-lessons/lessons/02-req-rep/exercises/02a-upper.Serve({0x6f2b48, 0xc0000b2000}, {0xc0000121b0, 0x15})"
	const file = "lessons/02-req-rep/exercises/02a-upper/exercise.go"
	tests := []struct{ name, output, want string }{
		{"function", trace("TODO: write it", function, "/home/ada/repo/"+file), file + ":15"},
		{"method", trace("TODO: write it", "zeromq-lessons/lessons/06-no-reply/exercises/06c-once.(*Account).Pay(...)", "/repo/lessons/06-no-reply/exercises/06c-once/exercise.go"), "lessons/06-no-reply/exercises/06c-once/exercise.go:15"},
		{"folder", trace("TODO: write it", function, "/my repo/lessons/ü/"+file), file + ":15"},
		{"Windows", trace("TODO: write it", function, "C:/Users/Ada/repo/"+file), file + ":15"},
		{"web page", trace("TODO: write it", "main.Serve(...)", "zeromq-lessons/"+file), file + ":15"},
		{"recovered", "panic: TODO: write it [recovered, repanicked]\n" + trace("x", function, "/repo/"+file), file + ":15"},
		{"other panic", trace("oh no", function, "/repo/"+file), ""},
		{"not the stub's", trace("TODO: write it", "main.main()", "/repo/main.go"), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := died(test.output, "", 2)
			if r.todo != test.want || (r.Message == "") != (test.want != "") {
				t.Errorf("edit %q, message %q, want edit %q", r.todo, r.Message, test.want)
			}
		})
	}
}

// A fatal error of the runtime is not a panic.
func TestFatal(t *testing.T) {
	const output = "before\nfatal error: concurrent map writes\n\ngoroutine 7 [running]:\nmain.f()\n\t/repo/exercise.go:15 +0x25\n"
	r := died(output, `"World"`, 2)
	want := result{printed: "before\n", Message: "Your program crashed: fatal error: concurrent map writes\nat exercise.go:15\nafter the request: \"World\""}
	if r != want {
		t.Errorf("got %q, want %q", r, want)
	}
}

func TestReport(t *testing.T) {
	hints := []string{"one", "two", "the solution"}
	tests := []struct {
		name string
		r    result
		want string
	}{
		{"to do", result{todo: "exercise.go:15"}, "To do: edit exercise.go:15\n\nHint 1 of 3: one\nMore hints: go run ./lessons exercises 02a -hint 2\n"},
		{"wrong", result{Message: "Too late."}, "Not yet.\n\nToo late.\n\nHint 2 of 3: two\nMore hints: go run ./lessons exercises 02a -hint 3\n"},
		{"right", result{}, "Right. You can.\n"},
		{"prints", result{printed: "a\n\nb"}, "Your program printed:\n    a\n    \n    b\n\nRight. You can.\n"},
		{"prints a lot", result{printed: strings.Repeat("a\n", 1000)}, "Your program printed:\n" + strings.Repeat("    a\n", 40) + "    ... and 960 more lines\n\nRight. You can.\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := report(test.r, "02a", hints, "You can."); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}
