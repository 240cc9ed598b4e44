package agent_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/agent"
	"runyard/test/apitest"
)

// statements is how many a call of an agent costs, the begin and end of
// transactions included.
type statements struct{ sqlite, postgres int }

// What the calls of agents cost. An idle poll costs none: it is what most of the
// load consists of. Whoever makes a number larger knows why.
var (
	statementsOfHandOver   = statements{10, 9} // at most: PostgreSQL may look first what is new in the queue
	statementsOfReport     = statements{4, 5}  // begin, the job, the change, commit; the lock
	statementsOfTracePiece = statements{5, 6}  // is the token right, and then as a report
)

func (s statements) on(l *lab) int {
	if l.OneWriter {
		return s.sqlite
	}
	return s.postgres
}

// settle returns when all that was told to the server has arrived: it would
// let runners look for jobs once more.
func (l *lab) settle() {
	l.t.Helper()
	untagged := l.agent()
	tagged := l.registered(agent.V19, apitest.RegistrationToken, map[string]any{"tag_list": "settle", "run_untagged": false})
	l.requireNothing(untagged)
	l.enqueue("")
	untagged.MustAsk() // so the server listens
	l.requireNothing(tagged)
	l.enqueue(`, "tag_list": ["settle"]`)
	tagged.MustAsk() // only word of this job, the last of all, lets the agent have it
}

func TestAnIdlePollCostsNoStatement(t *testing.T) {
	for name, longPoll := range map[string]time.Duration{"answered at once": 0, "held": time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			inLab(t, func(t *testing.T, l *lab) {
				l.settle()
				group := l.made("groups", `{"name": "Top", "path": "top"}`)
				project := l.made("projects", `{"name": "inside", "namespace_id": %d}`, group.ID)
				for _, version := range agent.Versions() {
					for scope, token := range map[string]string{
						"instance": apitest.RegistrationToken,
						"group":    group.RunnersToken,
						"project":  project.RunnersToken,
					} {
						a := l.registered(version, token, nil)
						l.requireNothing(a)
						assert.Zero(t, l.CountStatements(func() {
							for range 20 {
								job, answer := a.Ask()
								require.Nil(t, job)
								require.Equal(t, http.StatusNoContent, answer.Status, answer.Body)
							}
						}), "%s, %s runner", version.Number, scope)
					}
				}
			}, func(c *apitest.Config) { c.Limits.LongPoll = longPoll })
		})
	}
}

func TestStatementsOfAJob(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.settle()
		a := l.agent()
		l.requireNothing(a)
		for range 3 { // it does not matter how many jobs ran before
			l.enqueue("")
			l.enqueue("")
			var job *agent.Job
			for _, step := range []struct {
				name   string
				status int
				call   func() agent.Answer
				want   statements
			}{
				{"hand-over", http.StatusCreated, func() (answer agent.Answer) {
					job, answer = a.AskAnew()
					return answer
				}, statementsOfHandOver},
				{"first report", http.StatusOK, func() agent.Answer { return job.Acknowledge() }, statementsOfReport},
				{"piece of the trace", http.StatusAccepted, func() agent.Answer { return job.Push("make\n") }, statementsOfTracePiece},
				{"next piece", http.StatusAccepted, func() agent.Answer { return job.Push("done\n") }, statementsOfTracePiece},
				{"keep-alive", http.StatusOK, func() agent.Answer { return job.KeepAlive() }, statementsOfReport},
			} {
				var answer agent.Answer
				l.Clock.Advance(time.Second)
				count := l.CountStatements(func() { answer = step.call() })
				require.Equal(t, step.status, answer.Status, "%s: %s", step.name, answer.Body)
				if step.want == statementsOfHandOver {
					assert.LessOrEqual(t, count, step.want.on(l), step.name)
					continue
				}
				assert.Equal(t, step.want.on(l), count, step.name)
			}
		}
	})
}
