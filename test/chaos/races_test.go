package chaos

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/postgres"
	"runyard/test/program"
)

// invariants are the queries that count what must not be, and why not.
var invariants = map[string]string{
	"a project runner has a project": `SELECT count(*) FROM runners AS r WHERE runner_type = 'project_type'
		AND NOT EXISTS (SELECT 1 FROM runner_projects AS p WHERE p.runner_id = r.id)`,
	"a group runner has one group, and no project": `SELECT count(*) FROM runners AS r WHERE runner_type = 'group_type'
		AND (group_id IS NULL OR EXISTS (SELECT 1 FROM runner_projects AS p WHERE p.runner_id = r.id))`,
	"an instance runner has neither": `SELECT count(*) FROM runners AS r WHERE runner_type = 'instance_type'
		AND (group_id IS NOT NULL OR EXISTS (SELECT 1 FROM runner_projects AS p WHERE p.runner_id = r.id))`,
	"no two runners share a token": `SELECT count(*) - count(DISTINCT token_digest) FROM runners`,
	"a runner without tags takes untagged jobs": `SELECT count(*) FROM runners
		WHERE NOT run_untagged AND tag_list::jsonb = '[]'::jsonb`,
	"the index of tags is that of the runners": `SELECT count(*) FROM runners AS r
		WHERE jsonb_array_length(tag_list::jsonb) <> (SELECT count(*) FROM runner_tags AS t WHERE t.runner_id = r.id)`,
	"a job that waits is at no agent": `SELECT count(*) FROM waiting_jobs AS w JOIN jobs AS j ON j.id = w.job_id WHERE j.status <> 'pending'`,
}

func requireInvariants(t *testing.T, db *sql.DB) {
	t.Helper()
	for what, broken := range invariants {
		assert.Zero(t, count(t, db, broken), what)
	}
}

func TestInvariantsHoldUnderRacesOverSeveralNodes(t *testing.T) {
	t.Parallel()
	const clients = 64
	url := postgres.NewDatabase(t)
	nodes := program.ServeTogether(t, 3, runyard, serving(url, t.TempDir())...)
	r := newRace(t, nodes)
	db := openSQL(t, url)
	random := newRand(t)
	goal := scaled[int64](800, 25_000)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var racing sync.WaitGroup
	for i := range clients {
		racer := &racer{race: r, random: rand.New(rand.NewPCG(random.Uint64(), 0)), node: r.nodes[i%len(r.nodes)]}
		racing.Go(func() { racer.run(ctx, goal) })
	}
	looks := 0
	for ; r.done.Load() < goal && !t.Failed(); looks++ {
		requireInvariants(t, db)
	}
	racing.Wait()
	requireInvariants(t, db)
	assert.Equal(t, len(r.handed), count(t, db, "SELECT count(*) FROM jobs WHERE status <> 'pending'"), "what was handed over was told once")
	t.Logf("statuses: %s", describe(r.statuses))
	t.Logf("%d clients, 3 nodes, %d requests, %d done, %d tokens, %d jobs handed over, %d looks at %d invariants",
		clients, r.requests.Load(), r.done.Load(), len(r.tokens), len(r.handed), looks+1, len(invariants))
}

// race is what all clients have in common.
type race struct {
	t        *testing.T
	nodes    []*client
	projects []int64
	homes    []string // registration tokens, of all kinds
	requests atomic.Int64
	done     atomic.Int64

	mu       sync.Mutex
	runners  []int64
	agents   []string // tokens that may be good
	tokens   map[string]bool
	handed   map[int64]bool
	statuses map[string]int
}

func newRace(t *testing.T, nodes []*program.Process) *race {
	t.Helper()
	r := &race{t: t, tokens: map[string]bool{}, handed: map[int64]bool{}, statuses: map[string]int{}, homes: []string{registrationToken}}
	for _, n := range nodes {
		r.nodes = append(r.nodes, newClient(t, n.URL("")))
	}
	c := r.nodes[0]
	var place struct {
		Token string `json:"runners_token"`
	}
	for i := range 3 {
		path := fmt.Sprintf("group-%d", i)
		c.must(t, http.StatusCreated, asRoot("POST", "groups", object{"name": path, "path": path})).into(t, &place)
		r.homes = append(r.homes, place.Token)
	}
	for i := range 4 {
		id := c.newProject(t, fmt.Sprintf("project-%d", i))
		r.projects = append(r.projects, id)
		c.must(t, http.StatusOK, asRoot("GET", fmt.Sprintf("projects/%d", id), nil)).into(t, &place)
		r.homes = append(r.homes, place.Token)
	}
	return r
}

// racer is one client. All of them work on few runners, so that they meet.
type racer struct {
	*race
	random *rand.Rand
	node   *client
}

func (r *racer) run(ctx context.Context, goal int64) {
	deeds := []func(context.Context){
		r.register, r.assign, r.assign, r.assign, r.unassign, r.unassign, r.unassign, r.tag, r.tag, r.resetToken,
		r.deleteRunner, r.enqueue, r.enqueue, r.ask, r.ask,
	}
	for r.done.Load() < goal && !r.t.Failed() {
		deeds[r.random.IntN(len(deeds))](ctx)
	}
}

func (r *racer) send(ctx context.Context, request request) reply {
	got, err := r.node.do(ctx, request)
	r.requests.Add(1)
	assert.NoError(r.t, err)
	r.mu.Lock()
	r.statuses[fmt.Sprint(got.status)]++
	r.mu.Unlock()
	if got.status >= 500 && got.status != http.StatusServiceUnavailable {
		r.t.Errorf("%s %s: %d %s", request.method, request.path, got.status, got.body)
	}
	if got.ok() {
		r.done.Add(1)
	}
	return got
}

// crowd is how many runners there are about.
const crowd = 24

func (r *racer) register(ctx context.Context) {
	r.mu.Lock()
	full := len(r.runners) >= crowd
	r.mu.Unlock()
	if full {
		return
	}
	got := r.send(ctx, request{method: "POST", path: "runners", body: object{
		"token": r.homes[r.random.IntN(len(r.homes))], "locked": false,
	}})
	r.take(got, func(m made) { r.runners = append(r.runners, m.ID) })
}

// take keeps the token that an answer shows, which nobody else may have.
func (r *racer) take(got reply, also func(m made)) {
	var m made
	if !got.ok() || !assert.NoError(r.t, json.Unmarshal(got.body, &m)) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	assert.False(r.t, r.tokens[m.Token], "two runners have the same token")
	r.tokens[m.Token] = true
	r.agents = append(r.agents, m.Token)
	also(m)
}

func (r *racer) anyRunner() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.runners) == 0 {
		return 0
	}
	return r.runners[r.random.IntN(len(r.runners))]
}

func (r *racer) anyProject() int64 { return r.projects[r.random.IntN(len(r.projects))] }

func (r *racer) assign(ctx context.Context) {
	r.send(ctx, asRoot("POST", fmt.Sprintf("projects/%d/runners", r.anyProject()), object{"runner_id": r.anyRunner()}))
}

func (r *racer) unassign(ctx context.Context) {
	r.send(ctx, asRoot("DELETE", fmt.Sprintf("projects/%d/runners/%d", r.anyProject(), r.anyRunner()), nil))
}

// tag takes tags away, or the right to take untagged jobs: not both at once.
func (r *racer) tag(ctx context.Context) {
	changes := []object{
		{"tag_list": ""}, {"tag_list": "a,b"}, {"run_untagged": true}, {"run_untagged": false}, {"tag_list": "b", "run_untagged": false},
	}
	r.send(ctx, asRoot("PUT", fmt.Sprintf("runners/%d", r.anyRunner()), changes[r.random.IntN(len(changes))]))
}

func (r *racer) resetToken(ctx context.Context) {
	path := fmt.Sprintf("runners/%d/reset_authentication_token", r.anyRunner())
	r.take(r.send(ctx, asRoot("POST", path, nil)), func(made) {})
}

func (r *racer) deleteRunner(ctx context.Context) {
	id := r.anyRunner()
	if got := r.send(ctx, asRoot("DELETE", fmt.Sprintf("runners/%d", id), nil)); got.ok() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.runners = slices.DeleteFunc(r.runners, func(other int64) bool { return other == id })
	}
}

func (r *racer) enqueue(ctx context.Context) {
	r.send(ctx, asRoot("POST", fmt.Sprintf("projects/%d/jobs", r.anyProject()), object{"name": "job", "script": "make"}))
}

func (r *racer) ask(ctx context.Context) {
	r.mu.Lock()
	if len(r.agents) == 0 {
		r.mu.Unlock()
		return
	}
	// The last ones are the most likely to be good.
	recent := r.agents[max(0, len(r.agents)-crowd):]
	token := recent[r.random.IntN(len(recent))]
	r.mu.Unlock()
	got := r.send(ctx, askForJob(token, ""))
	var job made
	if got.status != http.StatusCreated || !assert.NoError(r.t, json.Unmarshal(got.body, &job)) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.handed[job.ID] {
		r.t.Errorf("job %d runs twice", job.ID)
	}
	r.handed[job.ID] = true
}

func TestTheQueriesForInvariantsFindWhatIsBroken(t *testing.T) {
	t.Parallel()
	url := postgres.NewDatabase(t)
	node := program.Serve(t, runyard, serving(url, t.TempDir())...)
	c := newClient(t, node.URL(""))
	c.register(t, nil)
	db := openSQL(t, url)
	requireInvariants(t, db)
	tx := begin(t, url)
	for _, statement := range []string{
		"INSERT INTO runners (runner_type, active, locked, run_untagged, access_level, tag_list, created_at) VALUES ('project_type', true, false, false, '', '[]', now())",
		"INSERT INTO runners (runner_type, active, locked, run_untagged, access_level, tag_list, created_at) VALUES ('group_type', true, false, true, '', '[\"a\"]', now())",
	} {
		_, err := tx.Exec(t.Context(), statement)
		require.NoError(t, err)
	}
	for _, what := range []string{
		"a project runner has a project", "a group runner has one group, and no project",
		"a runner without tags takes untagged jobs", "the index of tags is that of the runners",
	} {
		var broken int
		require.NoError(t, tx.QueryRow(t.Context(), invariants[what]).Scan(&broken))
		assert.Positive(t, broken, what)
	}
	require.NoError(t, tx.Rollback(t.Context()))
}
