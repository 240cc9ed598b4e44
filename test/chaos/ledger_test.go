package chaos

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNothingAcknowledgedIsLost(t *testing.T) {
	t.Parallel()
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		server, folder := startPostgreSQL(t), t.TempDir()
		nodes := []*node{
			startNode(t, server.URL(), folder, patientWithJobs...), startNode(t, server.URL(), folder, patientWithJobs...),
		}
		keepLedger(t, scaled(10, 220), nodes, faultsOf(t, server, nodes...))
	})
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		n := startNode(t, newSQLite(t), t.TempDir(), patientWithJobs...)
		keepLedger(t, scaled(10, 220), []*node{n}, faultsOf(t, nil, n))
	})
}

// patientWithJobs lets jobs be silent: whether they are given up is not looked at.
var patientWithJobs = []string{
	"RUNYARD_SILENT_TIMEOUT=0s", "RUNYARD_UNACKNOWLEDGED_TIMEOUT=0s",
}

// keepLedger lets bookkeepers work while faults are injected, and compares what
// they have with what the nodes tell afterwards.
func keepLedger(t *testing.T, faults int, nodes []*node, possible []fault) {
	t.Helper()
	random, counts := newRand(t), new(tally)
	keepers := newKeepers(t, random, nodes, counts)
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	for _, b := range keepers {
		working.Go(func() { b.work(ctx) })
	}
	injected := injectFaults(t, random, possible, faults, counts.acknowledged.Load)
	stop()
	working.Wait()
	for _, n := range nodes {
		n.kill()
	}
	awaitReady(t, nodes...)
	compared := comparison{}
	for _, b := range keepers {
		b.compare(&compared)
	}
	t.Logf("faults: %s", describe(injected))
	t.Logf("%d requests, %d acknowledged, %d without an answer or with 503", counts.requests.Load(), counts.acknowledged.Load(), counts.unanswered.Load())
	t.Logf("%d runners, %d jobs, %d of them handed over, and %d traces with %d bytes looked at: %d facts compared, %d more not certain",
		compared.runners, compared.jobs, compared.handed, compared.traces, compared.bytes, compared.facts, compared.uncertain)
	assert.Positive(t, compared.runners)
	assert.Positive(t, compared.handed)
	assert.Positive(t, compared.traces)
}

// newKeepers are bookkeepers with projects and agents of their own.
func newKeepers(t *testing.T, random *rand.Rand, nodes []*node, counts *tally) []*bookkeeper {
	t.Helper()
	c := nodes[0].client
	second := c.newProject(t, "second")
	keepers := make([]*bookkeeper, 8)
	for i := range keepers {
		name := fmt.Sprintf("keeper-%d", i)
		b := &bookkeeper{
			t: t, name: name, random: rand.New(rand.NewPCG(random.Uint64(), 0)), nodes: nodes, tally: counts, second: second,
			handed: map[int64]bool{}, project: c.newProject(t, name),
			agent: c.register(t, object{"tag_list": name, "run_untagged": false}),
		}
		var project struct {
			Token string `json:"runners_token"`
		}
		c.must(t, http.StatusOK, asRoot("GET", fmt.Sprintf("projects/%d", b.project), nil)).into(t, &project)
		require.NotEmpty(t, project.Token)
		b.home = project.Token
		keepers[i] = b
	}
	return keepers
}

// comparison counts what was compared.
type comparison struct{ runners, jobs, handed, traces, bytes, facts, uncertain int }

// note counts a fact.
func (c *comparison) note(certain bool) {
	if c.facts++; !certain {
		c.facts--
		c.uncertain++
	}
}

// compare holds the ledger against what the nodes tell.
func (b *bookkeeper) compare(c *comparison) {
	b.t.Helper()
	for _, fact := range b.runners {
		c.runners++
		b.compareRunner(fact, c)
	}
	for _, fact := range b.jobs {
		c.jobs++
		b.compareJob(fact, c)
	}
}

func (b *bookkeeper) compareRunner(fact *runnerFact, c *comparison) {
	b.t.Helper()
	got, err := b.nodes[0].client.do(b.t.Context(), asRoot("GET", fmt.Sprintf("runners/%d", fact.id), nil))
	require.NoError(b.t, err)
	c.note(fact.there.certain())
	require.True(b.t, fact.there.may(got.status == http.StatusOK), "runner %d is there: %v; the ledger has %+v", fact.id, got.status, fact.there)
	if got.status != http.StatusOK {
		return
	}
	var runner struct {
		Description string
		Paused      bool
		Projects    []struct{ ID int64 }
	}
	got.into(b.t, &runner)
	shared := false
	for _, p := range runner.Projects {
		shared = shared || p.ID == b.second
	}
	assert.True(b.t, fact.description.may(runner.Description), "runner %d: %q; the ledger has %+v", fact.id, runner.Description, fact.description)
	assert.True(b.t, fact.paused.may(runner.Paused), "runner %d: paused %v; the ledger has %+v", fact.id, runner.Paused, fact.paused)
	assert.True(b.t, fact.shared.may(shared), "runner %d: shared %v; the ledger has %+v", fact.id, shared, fact.shared)
	c.note(fact.description.certain())
	c.note(fact.paused.certain())
	c.note(fact.shared.certain())
}

func (b *bookkeeper) compareJob(fact *jobFact, c *comparison) {
	b.t.Helper()
	path := fmt.Sprintf("projects/%d/jobs/%d", b.project, fact.id)
	var job struct{ Name, Status string }
	b.nodes[0].client.must(b.t, http.StatusOK, asRoot("GET", path, nil)).into(b.t, &job)
	if fact.name != "" {
		assert.Equal(b.t, fact.name, job.Name)
	}
	possible := fact.status.may(job.Status) || fact.asked && job.Status == "running"
	assert.True(b.t, possible, "job %d is %s; the ledger has %+v", fact.id, job.Status, fact)
	c.note(fact.status.certain() && !fact.asked)
	if fact.token != "" {
		c.handed++
	}
	if fact.sent == 0 {
		return
	}
	trace := b.nodes[0].client.must(b.t, http.StatusOK, asRoot("GET", path+"/trace", nil)).body
	assert.GreaterOrEqual(b.t, len(trace), fact.trace, "the trace of job %d lost its end", fact.id)
	assert.LessOrEqual(b.t, len(trace), fact.sent)
	assert.True(b.t, bytes.Equal(traceOf(fact.id, len(trace)), trace), "the trace of job %d has other bytes", fact.id)
	c.note(true)
	c.traces++
	c.bytes += len(trace)
}
