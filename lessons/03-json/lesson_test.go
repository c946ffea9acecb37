package json_test

import (
	"fmt"
	"strings"
	"testing"

	"zeromq-lessons/internal/lessontest"
)

func TestMain(m *testing.M) { lessontest.Main(m, "./server", "./client") }

func TestLesson(t *testing.T) { lessontest.Lesson(t) }

// Requests can be long and deeply nested.
func TestLongRequests(t *testing.T) {
	endpoint := lessontest.Serve(t)
	tests := []struct{ request, want string }{
		{`{"numbers": [` + strings.Repeat("1, ", 999999) + `1]}`, `{"count":1000000,"sum":1000000,"mean":1,"min":1,"max":1}`},
		{`{"numbers": ` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`, `{"error":"the request is not JSON: `},
		{strings.Repeat("[", 1000000), `{"error":"the request is not JSON: `},
		{`{"numbers": [3, 1, 2]}`, `{"count":3,"sum":6,"mean":2,"min":1,"max":3}`},
	}
	for _, test := range tests {
		got := lessontest.Ask(t, endpoint, []byte(test.request))
		if len(got) != 1 || !strings.HasPrefix(string(got[0]), test.want) {
			t.Fatalf("%.40s: got %.80q, want %s", test.request, got, test.want)
		}
	}
}

// Each of fifty concurrent clients gets the reply to its own request.
func TestFiftyClients(t *testing.T) {
	endpoint := lessontest.Serve(t)
	lessontest.Fifty(t, func(t testing.TB, i int) {
		got := lessontest.Ask(t, endpoint, fmt.Appendf(nil, `{"numbers": [%d, 0, 0, 0]}`, 4*i))
		want := fmt.Sprintf(`{"count":4,"sum":%d,"mean":%d,"min":0,"max":%d}`, 4*i, i, 4*i)
		if len(got) != 1 || string(got[0]) != want {
			t.Errorf("client %d: got %q, want %q", i, got, want)
		}
	})
}
