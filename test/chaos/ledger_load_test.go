package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// pollInterval is how often something is looked at that is waited for.
const pollInterval = 5 * time.Millisecond

// tally counts the requests of all bookkeepers.
type tally struct{ requests, acknowledged, unanswered atomic.Int64 }

// bookkeeper sends requests of its own and keeps what was acknowledged. Nobody
// else changes what it makes.
type bookkeeper struct {
	t       *testing.T
	name    string
	random  *rand.Rand
	nodes   []*node
	tally   *tally
	project int64 // its own, for its jobs
	agent   made  // its own, for the same
	home    string
	second  int64 // project that runners are enabled for
	runners []*runnerFact
	jobs    []*jobFact
	serial  int
	handed  map[int64]bool
}

// work sends requests until ctx ends.
func (b *bookkeeper) work(ctx context.Context) {
	deeds := []func(context.Context){
		b.register, b.describeRunner, b.describeRunner, b.pause, b.share, b.share, b.deleteRunner,
		b.enqueue, b.ask, b.print, b.print, b.print, b.finish,
	}
	for ctx.Err() == nil {
		deeds[b.random.IntN(len(deeds))](ctx)
	}
}

// send sends a request to one of the nodes. A refusal by a status that nothing
// explains fails the test.
func (b *bookkeeper) send(ctx context.Context, r request, explained ...int) (reply, outcome) {
	got, err := b.nodes[b.random.IntN(len(b.nodes))].client.do(ctx, r)
	if ctx.Err() != nil {
		return got, unknown
	}
	b.tally.requests.Add(1)
	result := outcomeOf(got, err)
	switch result {
	case acknowledged:
		b.tally.acknowledged.Add(1)
	case unknown:
		b.tally.unanswered.Add(1)
		<-time.After(time.Duration(b.random.IntN(100)) * time.Millisecond)
		if err == nil && got.status != http.StatusServiceUnavailable {
			b.t.Errorf("%s %s: %d %s", r.method, r.path, got.status, got.body)
		}
	case refused:
		for _, status := range explained {
			if got.status == status {
				return got, refused
			}
		}
		b.t.Errorf("%s %s of what was acknowledged: %d %s", r.method, r.path, got.status, got.body)
	}
	return got, result
}

// unique is a text that nothing else has.
func (b *bookkeeper) unique() string {
	b.serial++
	return fmt.Sprintf("%s-%d", b.name, b.serial)
}

func (b *bookkeeper) register(ctx context.Context) {
	description := b.unique()
	got, result := b.send(ctx, request{method: "POST", path: "runners", body: object{
		"token": b.home, "description": description, "locked": false,
	}})
	var runner made
	if result == acknowledged && json.Unmarshal(got.body, &runner) == nil {
		fact := &runnerFact{id: runner.ID}
		fact.description.acknowledged, fact.there.acknowledged = description, true
		b.runners = append(b.runners, fact)
	}
}

// anyRunner is one that is there for certain; nil: there is none.
func (b *bookkeeper) anyRunner() *runnerFact {
	if len(b.runners) == 0 {
		return nil
	}
	fact := b.runners[b.random.IntN(len(b.runners))]
	if !fact.there.certain() || !fact.there.acknowledged {
		return nil
	}
	return fact
}

func (b *bookkeeper) describeRunner(ctx context.Context) {
	if fact := b.anyRunner(); fact != nil {
		description := b.unique()
		_, result := b.send(ctx, asRoot("PUT", fmt.Sprintf("runners/%d", fact.id), object{"description": description}))
		fact.description.note(description, result)
	}
}

func (b *bookkeeper) pause(ctx context.Context) {
	if fact := b.anyRunner(); fact != nil {
		paused := b.random.IntN(2) == 0
		_, result := b.send(ctx, asRoot("PUT", fmt.Sprintf("runners/%d", fact.id), object{"paused": paused}))
		fact.paused.note(paused, result)
	}
}

// share enables a runner for the second project, or disables it there. It may be
// so already if an earlier request had no answer.
func (b *bookkeeper) share(ctx context.Context) {
	fact := b.anyRunner()
	if fact == nil {
		return
	}
	wanted := !fact.shared.acknowledged
	r := asRoot("POST", fmt.Sprintf("projects/%d/runners", b.second), object{"runner_id": fact.id})
	already := http.StatusBadRequest
	if !wanted {
		r = asRoot("DELETE", fmt.Sprintf("projects/%d/runners/%d", b.second, fact.id), nil)
		already = http.StatusNotFound
	}
	var explained []int
	if fact.shared.may(wanted) {
		explained = append(explained, already)
	}
	_, result := b.send(ctx, r, explained...)
	fact.shared.note(wanted, result)
}

func (b *bookkeeper) deleteRunner(ctx context.Context) {
	if fact := b.anyRunner(); fact != nil && b.random.IntN(4) == 0 {
		_, result := b.send(ctx, asRoot("DELETE", fmt.Sprintf("runners/%d", fact.id), nil))
		fact.there.note(false, result)
	}
}

func (b *bookkeeper) enqueue(ctx context.Context) {
	name := b.unique()
	got, result := b.send(ctx, asRoot("POST", fmt.Sprintf("projects/%d/jobs", b.project), object{
		"name": name, "script": "make", "tag_list": b.name,
	}))
	var job made
	if result == acknowledged && json.Unmarshal(got.body, &job) == nil {
		fact := &jobFact{id: job.ID, name: name}
		fact.status.acknowledged = "pending"
		b.jobs = append(b.jobs, fact)
	}
}

// ask asks for a job. It may be one whose making had no answer.
func (b *bookkeeper) ask(ctx context.Context) {
	got, result := b.send(ctx, askForJob(b.agent.Token, ""))
	if result == unknown {
		for _, fact := range b.jobs {
			fact.asked = fact.asked || fact.token == ""
		}
	}
	if result != acknowledged || got.status != http.StatusCreated {
		return
	}
	var job made
	if err := json.Unmarshal(got.body, &job); err != nil {
		b.t.Errorf("a job that cannot be read: %v", err)
		return
	}
	if b.handed[job.ID] {
		b.t.Errorf("job %d was handed over twice", job.ID)
	}
	b.handed[job.ID] = true
	fact := b.jobOf(job.ID)
	fact.token = job.Token
	fact.status = value[string]{acknowledged: "running"}
}

func (b *bookkeeper) jobOf(id int64) *jobFact {
	for _, fact := range b.jobs {
		if fact.id == id {
			return fact
		}
	}
	fact := &jobFact{id: id}
	b.jobs = append(b.jobs, fact)
	return fact
}

// running is a job that the agent has for certain; nil: it has none.
func (b *bookkeeper) running() *jobFact {
	for range 20 {
		if len(b.jobs) == 0 {
			return nil
		}
		fact := b.jobs[b.random.IntN(len(b.jobs))]
		if fact.token != "" && fact.status.certain() && fact.status.acknowledged == "running" {
			return fact
		}
	}
	return nil
}

// print sends the next piece of a trace, from where the server is known to be.
func (b *bookkeeper) print(ctx context.Context) {
	fact := b.running()
	if fact == nil {
		return
	}
	end := fact.trace + 1 + b.random.IntN(2000)
	chunk := traceOf(fact.id, end)[fact.trace:]
	var explained []int
	if fact.sent > fact.trace {
		explained = append(explained, http.StatusRequestedRangeNotSatisfiable)
	}
	fact.sent = max(fact.sent, end)
	got, result := b.send(ctx, request{"PATCH", fmt.Sprintf("jobs/%d/trace", fact.id), chunk, map[string]string{
		"Job-Token": fact.token, "Content-Range": fmt.Sprintf("%d-%d", fact.trace, end-1),
	}}, explained...)
	if result == unknown {
		return
	}
	var stored int
	if _, err := fmt.Sscanf(got.header.Get("Range"), "0-%d", &stored); err != nil || stored < fact.trace {
		b.t.Errorf("trace of job %d: %d bytes were acknowledged, and now the range is %q", fact.id, fact.trace, got.header.Get("Range"))
	}
	fact.trace = stored
}

func (b *bookkeeper) finish(ctx context.Context) {
	fact := b.running()
	if fact == nil || b.random.IntN(3) != 0 {
		return
	}
	_, result := b.send(ctx, request{"PUT", fmt.Sprintf("jobs/%d", fact.id), object{"token": fact.token, "state": "success"}, nil})
	fact.status.note("success", result)
}
