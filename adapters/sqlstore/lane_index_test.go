package sqlstore

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"runyard/domain"
)

// queueModel is the specification of a laneIndex: it looks at every job.
type queueModel struct {
	jobs     map[domain.JobID]waitingJob
	tags     map[string]domain.Tags
	projects map[domain.ProjectID]*queuedProject
	loads    map[domain.ProjectID]int
}

func (m *queueModel) first(runner *domain.Runner, assigned []domain.ProjectID) domain.JobID {
	var first waitingJob
	shared := runner.State().Type.Shared()
	for _, w := range m.jobs {
		p := m.projects[w.project]
		refusal := runner.Refuses(domain.QueuedJob{
			Status: domain.JobPending, Tags: m.tags[w.kind.tagKey], Protected: w.kind.protected, Groups: p.groups,
			SharedRunnersEnabled: p.sharedRunnersEnabled, GroupRunnersEnabled: p.groupRunnersEnabled,
		}, slices.Contains(assigned, w.project))
		if refusal != domain.NotRefused {
			continue
		}
		load, least := m.loads[w.project], m.loads[first.project]
		if first.id == 0 || shared && load < least || (!shared || load == least) && w.id < first.id {
			first = w
		}
	}
	return first.id
}

func TestTheIndexProposesWhatASearchOfAllJobsFinds(t *testing.T) {
	t.Parallel()
	tags := map[string]domain.Tags{"": nil, "a": {"a"}, "ab": {"a", "b"}}
	runners := []*domain.Runner{
		domain.RestoreRunner(domain.RunnerState{ID: 1, Type: domain.InstanceRunner, Active: true, RunUntagged: true, Tags: domain.Tags{"a"}}),
		domain.RestoreRunner(domain.RunnerState{ID: 2, Type: domain.GroupRunner, Group: 7, Active: true, RunUntagged: true, Tags: domain.Tags{"a", "b"}}),
		domain.RestoreRunner(domain.RunnerState{ID: 3, Type: domain.ProjectRunner, Active: true, Tags: domain.Tags{"b", "a"}}),
		domain.RestoreRunner(domain.RunnerState{
			ID: 4, Type: domain.InstanceRunner, Active: true, RunUntagged: true, AccessLevel: domain.RefProtected, Tags: domain.Tags{"a", "b"},
		}),
	}
	assigned := []domain.ProjectID{1, 3}
	rapid.Check(t, func(rt *rapid.T) {
		x := newLaneIndex()
		m := &queueModel{
			jobs: make(map[domain.JobID]waitingJob), tags: tags,
			projects: make(map[domain.ProjectID]*queuedProject), loads: make(map[domain.ProjectID]int),
		}
		project := rapid.Custom(func(rt *rapid.T) domain.ProjectID { return domain.ProjectID(rapid.IntRange(1, 4).Draw(rt, "project")) })
		know := func(id domain.ProjectID) {
			p := queuedProject{
				id: id, sharedRunnersEnabled: rapid.Bool().Draw(rt, "shared"), groupRunnersEnabled: rapid.Bool().Draw(rt, "group"),
				groups: rapid.SampledFrom([][]domain.GroupID{nil, {7}, {6, 7}, {6}}).Draw(rt, "groups"),
			}
			if known := m.projects[id]; known != nil {
				p.groups = known.groups // a project never moves
			}
			m.projects[id] = &p
			again := p
			x.know(&again)
		}
		for id := range domain.ProjectID(4) {
			know(id + 1)
		}
		for key, set := range tags {
			x.knowKind(kindKey{key, false}, set)
			x.knowKind(kindKey{key, true}, set)
		}
		rt.Repeat(map[string]func(rt *rapid.T){
			"a job comes": func(rt *rapid.T) {
				w := waitingJob{
					id:      domain.JobID(rapid.IntRange(1, 40).Draw(rt, "job")),
					project: project.Draw(rt, "at"),
					kind:    kindKey{rapid.SampledFrom([]string{"", "a", "ab"}).Draw(rt, "tags"), rapid.Bool().Draw(rt, "protected")},
				}
				if _, known := m.jobs[w.id]; known {
					return
				}
				delete(x.taken, w.id)
				m.jobs[w.id] = w
				x.add(w)
				x.add(w) // heard twice
			},
			"a job goes to a runner": func(rt *rapid.T) {
				r := rapid.SampledFrom(runners).Draw(rt, "runner")
				l := x.first(r, assigned)
				if l == nil {
					return
				}
				id := x.take(l, r.State().Type.Shared())
				if r.State().Type.Shared() {
					m.loads[m.jobs[id].project]++
				}
				delete(m.jobs, id)
				x.handedOver(id)
			},
			"jobs are over": func(rt *rapid.T) {
				id := project.Draw(rt, "of")
				if m.loads[id] > 0 {
					m.loads[id]--
					x.addLoad(id, -1)
				}
			},
			"a project changes": func(rt *rapid.T) { know(project.Draw(rt, "which")) },
			"": func(rt *rapid.T) {
				for _, r := range runners {
					var got domain.JobID
					if l := x.first(r, assigned); l != nil {
						got = l.oldest
					}
					require.Equal(rt, m.first(r, assigned), got, "runner %d", r.ID())
				}
			},
		})
	})
}

func TestALongQueueNeedsNoMoreMemory(t *testing.T) {
	t.Parallel()
	x := newLaneIndex()
	key := kindKey{"", false}
	x.knowKind(key, nil)
	const projects, jobs = 20, 10 * laneLength
	for id := range domain.ProjectID(projects) {
		x.know(&queuedProject{id: id, sharedRunnersEnabled: true})
		for job := range domain.JobID(jobs) {
			x.add(waitingJob{id: job*projects + domain.JobID(id) + 1, project: id, kind: key})
		}
	}
	kept := 0
	for _, l := range x.kinds[key].lanes {
		assert.LessOrEqual(t, cap(l.ids), 3*laneLength)
		assert.True(t, l.more)
		kept += len(l.ids)
	}
	assert.Equal(t, projects*laneLength, kept)
}

func TestADrainedLaneIsReadBeforeItIsGivenUp(t *testing.T) {
	t.Parallel()
	x := newLaneIndex()
	key := kindKey{"", false}
	x.knowKind(key, nil)
	x.know(&queuedProject{id: 1, sharedRunnersEnabled: true})
	for id := range domain.JobID(laneLength + 1) {
		x.add(waitingJob{id: id + 1, project: 1, kind: key})
	}
	l := x.kinds[key].lanes[1]
	for range laneLength {
		x.take(l, true)
	}
	require.True(t, x.drained[l])
	x.refill(l, []domain.JobID{laneLength, laneLength + 1})
	assert.Equal(t, []domain.JobID{laneLength + 1}, l.ids, "what was chosen meanwhile is not chosen twice")
	x.take(l, true)
	assert.Empty(t, x.kinds[key].lanes)
	assert.Empty(t, x.drained)
}

func TestProjectsAndTagsThatNobodyWaitsForAreForgotten(t *testing.T) {
	t.Parallel()
	x := newLaneIndex()
	for id := range domain.ProjectID(knownProjects + 1) {
		x.know(&queuedProject{id: id})
	}
	for i := range knownKinds + 1 {
		x.knowKind(kindKey{string(rune('a' + i)), false}, nil)
	}
	x.add(waitingJob{id: 1, project: 5, kind: kindKey{"b", false}})
	x.forgetIdle()
	assert.Len(t, x.projects, 1)
	assert.Len(t, x.kinds, 1)
}
