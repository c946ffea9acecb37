package reqrep_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"zeromq-lessons/internal/lessontest"
)

func TestMain(m *testing.M) { lessontest.Main(m, "./server", "./client", "..") }

func TestLesson(t *testing.T) { lessontest.Lesson(t) }

// A name may be of any length and hold any character.
func TestAnyName(t *testing.T) {
	endpoint := lessontest.Serve(t)
	var all strings.Builder
	for r := rune(1); r <= 0x10FFFF; r++ {
		all.WriteRune(r)
	}
	for _, name := range []string{"\x00", " ", "\n", "\"", "error: ", strings.Repeat("é", 1<<19), all.String()} {
		got := lessontest.Ask(t, endpoint, []byte(name))
		if want := "Hello, " + name + "!"; len(got) != 1 || string(got[0]) != want {
			t.Errorf("%.20q: got %.40q, want %.40q", name, got, want)
		}
	}
}

// Fifty clients at once get a reply each, to their own request.
func TestFiftyClients(t *testing.T) {
	endpoint := lessontest.Serve(t)
	var clients sync.WaitGroup
	for i := range 50 {
		clients.Go(func() {
			got := lessontest.Ask(t, endpoint, fmt.Appendf(nil, "client %d", i))
			if want := fmt.Sprintf("Hello, client %d!", i); len(got) != 1 || string(got[0]) != want {
				t.Errorf("client %d: got %q, want %q", i, got, want)
			}
		})
	}
	clients.Wait()
}
