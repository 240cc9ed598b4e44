package hostile

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"runyard/test/apitest"
	"runyard/test/fixture"
)

const (
	// stepsOfAWalk is how many requests a walk makes before it begins anew in
	// another town.
	stepsOfAWalk = 250
	// stepsBetweenChecks is how often the books are looked at on the way.
	stepsBetweenChecks = 50
)

// walkLength is how many requests are made in all: WALK, or a few.
func walkLength(t *testing.T) int {
	text := os.Getenv("WALK")
	if text == "" {
		return 2 * stepsOfAWalk
	}
	length, err := strconv.Atoi(text)
	require.NoError(t, err)
	return length
}

// Whatever is asked, in whatever order, is never a failure of ours, and leaves
// the books in order.
func TestARandomWalkOverAllRoutesFailsNowhere(t *testing.T) {
	length := walkLength(t)
	for name, open := range map[string]func(t testing.TB) fixture.Store{"SQLite": fixture.SQLite, "PostgreSQL": fixture.PostgreSQL} {
		t.Run(name, func(t *testing.T) {
			setFlag(t, "rapid.steps", strconv.Itoa(stepsOfAWalk))
			setFlag(t, "rapid.nofailfile", "true")
			count := tally{}
			for count.requests < length {
				setFlag(t, "rapid.checks", strconv.Itoa(1+(length-count.requests)/stepsOfAWalk))
				rapid.Check(t, func(rt *rapid.T) { walk(t, rt, open, &count) })
			}
			t.Logf("%s: %d requests to %d routes in %d towns: %v", name, count.requests, len(count.routes), count.towns, count.statuses)
		})
	}
}

// tally is what walks came by.
type tally struct {
	requests, towns int
	routes          map[string]bool
	statuses        map[int]int
}

func (c *tally) note(route string, status int) {
	if c.routes == nil {
		c.routes, c.statuses = map[string]bool{}, map[int]int{}
	}
	c.requests++
	c.routes[route] = true
	c.statuses[status]++
}

func setFlag(t *testing.T, name, value string) {
	before := flag.Lookup(name).Value.String()
	require.NoError(t, flag.Set(name, value))
	t.Cleanup(func() { require.NoError(t, flag.Set(name, before)) })
}

func walk(t *testing.T, rt *rapid.T, open func(t testing.TB) fixture.Store, count *tally) {
	s := newScope(t)
	defer s.end()
	store := open(s)
	w := newTown(s, store)
	b, err := openBooks(store.URL)
	require.NoError(t, err)
	s.Cleanup(func() { _ = b.db.Close() })
	count.towns++
	check := func() {
		broken, err := b.check(s.Context())
		if err != nil || len(broken) > 0 {
			rt.Fatalf("the books: %v %s", err, strings.Join(broken, "\n"))
		}
	}
	steps := 0
	rt.Repeat(map[string]func(*rapid.T){
		"ask": func(rt *rapid.T) {
			step := wishes.Draw(rt, "request")
			method, path, answer := step.send(w)
			count.note(step.route, answer.Status)
			if problem := problemOf(step.route, answer); problem != "" {
				rt.Fatalf("%s %s: %s\n%d %s", method, path, problem, answer.Status, answer.Body)
			}
			if step.route == "DELETE /projects/:id/runners/:runner_id" && answer.Status < 300 {
				n, err := b.projectsOf(s.Context(), runnerIn(path))
				if err != nil || n == 0 {
					rt.Fatalf("%s %s took the last project away: %v", method, path, err)
				}
			}
			w.learn(step.route, answer)
			if steps++; steps%stepsBetweenChecks == 0 {
				check()
			}
		},
		"wait": func(rt *rapid.T) {
			w.Clock.Advance(time.Duration(rapid.IntRange(1, 36*60).Draw(rt, "minutes")) * time.Minute)
		},
	})
	check()
}

// problemOf is what is wrong with an answer; empty: nothing.
func problemOf(route string, answer apitest.Response) string {
	body := []byte(answer.Body)
	switch {
	case route == "GET /runners/router/discovery" && answer.Status == http.StatusNotImplemented:
	case answer.Status >= 500:
		return "a failure of ours"
	case answer.Header.Get("X-Request-Id") == "":
		return "the answer has no id"
	}
	switch mediaType := answer.Header.Get("Content-Type"); {
	case mediaType == "application/json" && !json.Valid(body):
		return "no JSON"
	case mediaType == "" && len(body) > 0:
		return "a body of unknown type"
	case answer.Status == http.StatusNoContent && len(body) > 0:
		return "a body where none may be"
	}
	for _, link := range strings.Split(answer.Header.Get("Link"), ", ") {
		if link != "" && !strings.HasPrefix(link, "<"+apitest.External+"/api/v4/") {
			return fmt.Sprint("a link to elsewhere: ", link)
		}
	}
	return ""
}

// runnerIn is the runner in a path of an assignment.
func runnerIn(path string) string {
	path, _, _ = strings.Cut(path, "?")
	id := path[strings.LastIndex(path, "/")+1:]
	return strings.TrimLeft(id, "0+")
}
