package authorization

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
)

// relation says which of the asker's relations counts.
type relation int

const (
	toProject relation = iota
	toGroup
	toParent
)

// rule is a row of a table: a request, what it is asked of, and the answer to
// everybody.
type rule struct {
	request    string // the route as the reference writes it
	of         string
	relation   relation
	visibility domain.Visibility // of the groups and projects; empty: private
	ask        func(p *place) question
	want       answers
	last       bool // the place does not survive it
}

// question is a request that was given its ids.
type question struct {
	path  string
	parts []apitest.Part
	// changes is the path where root sees what must stay as it is after a refusal,
	// and must not after anything else; empty: the request changes nothing that
	// can be seen.
	changes string
}

// ask is a question that changes nothing.
func ask(format string, ids ...any) question { return question{path: fmt.Sprintf(format, ids...)} }

// with adds a body to the question.
func (q question) with(parts ...apitest.Part) question {
	q.parts = append(q.parts, parts...)
	return q
}

// changing says where one sees what the question changes.
func (q question) changing(format string, ids ...any) question {
	q.changes = fmt.Sprintf(format, ids...)
	return q
}

// decimal writes an id into a form.
func decimal[ID ~int64](id ID) string { return strconv.FormatInt(int64(id), 10) }

func (r rule) name() string {
	name := r.request
	if r.of != "" {
		name += " of " + r.of
	}
	if r.visibility != "" {
		name += ", " + string(r.visibility)
	}
	return strings.ReplaceAll(name, "/", "\u2215") // a slash would make subtests of it
}

func (r role) column(to relation) column {
	return map[relation]column{toProject: r.toProject, toGroup: r.toGroup, toParent: r.toParent}[to]
}

// checkTable asks every question of the table in every role.
func checkTable(t *testing.T, roles []role, table []rule) {
	t.Helper()
	t.Logf("%d cells on each database: %d rows for %d roles", len(table)*len(roles), len(table), len(roles))
	forEach(t, roles, func(t *testing.T, a *apitest.API, as *cast) {
		for _, r := range table {
			t.Run(r.name(), func(t *testing.T) { checkRule(t, a, as, r) })
		}
	})
}

func checkRule(t *testing.T, a *apitest.API, as *cast, r rule) {
	t.Helper()
	visibility := r.visibility
	if visibility == "" {
		visibility = domain.Private
	}
	p := as.place(a, visibility)
	want := r.want[as.role.column(r.relation)]
	if r.last && !want.refuses() {
		delete(as.places, visibility)
	}
	method, _, _ := strings.Cut(r.request, " ")
	checkQuestion(t, p, method, r.ask(p), want)
}

// checkQuestion sends the request as the asker, and looks at what became of it.
func checkQuestion(t *testing.T, p *place, method string, q question, want answer) {
	t.Helper()
	before := ""
	if q.changes != "" {
		before = p.before(q.changes)
	}
	checkAnswer(t, want, p.Do(method, q.path, append(q.parts, apitest.As(p.token))...))
	if q.changes == "" {
		return
	}
	if want.refuses() {
		assert.Equal(t, before, p.state(q.changes), "a refusal changes nothing")
		return
	}
	assert.NotEqual(t, before, p.state(q.changes), "it was done")
	p.forget()
}

func checkAnswer(t *testing.T, want answer, got apitest.Response) {
	t.Helper()
	assert.Equal(t, want.status, got.Status, got.Body)
	if want.body != "" {
		assert.Equal(t, want.body, got.Body)
	}
	if want.status == http.StatusNoContent {
		assert.Empty(t, got.Body)
	}
}
