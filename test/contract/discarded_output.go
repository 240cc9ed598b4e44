package contract

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/fixture"
)

// DiscardedOutputRepository checks what ports.DiscardedOutputRepository
// promises, and that whoever deletes jobs keeps it.
func DiscardedOutputRepository(t *testing.T, open Open) {
	t.Helper()
	check(t, open, discardedPromises, discardingPromises)
}

var discardedPromises = map[string]promise{
	"List goes on after an id, and no further than it is asked to": func(t *testing.T, w *fixture.World) {
		discardArtifacts(t, w, 4)
		all, err := w.Discarded.List(w.Context(), 0, 9)
		require.NoError(t, err)
		require.Len(t, all, 4)
		for i, o := range all {
			assert.Equal(t, fmt.Sprintf("key %d", i), o.Key)
			assert.Zero(t, o.Trace)
		}
		some, err := w.Discarded.List(w.Context(), all[0].ID, 2)
		require.NoError(t, err)
		assert.Equal(t, all[1:3], some)
	},
	"Forget drops these and no others, and what is forgotten is no error": func(t *testing.T, w *fixture.World) {
		discardArtifacts(t, w, 3)
		all, err := w.Discarded.List(w.Context(), 0, 9)
		require.NoError(t, err)
		for range 2 {
			require.NoError(t, w.Discarded.Forget(w.Context(), []int64{all[0].ID, all[2].ID}))
		}
		require.NoError(t, w.Discarded.Forget(w.Context(), nil))
		assert.Equal(t, []string{"artifact key 1"}, discarded(t, w))
	},
}

// discardArtifacts replaces an artifact that many times.
func discardArtifacts(t *testing.T, w *fixture.World, n int) {
	t.Helper()
	job := w.AddJob(w.AddProject(w.AddGroup(0)))
	for i := range n + 1 {
		a := artifact(job, domain.ArchiveArtifact)
		a.Key = fmt.Sprintf("key %d", i)
		addArtifact(t, w, a)
	}
}

// discarded is what is left in the stores, in words.
func discarded(t *testing.T, w *fixture.World) []string {
	t.Helper()
	output, err := w.Discarded.List(w.Context(), 0, 1000)
	require.NoError(t, err)
	words := make([]string, len(output))
	for i, o := range output {
		if words[i] = "artifact " + o.Key; o.Trace != 0 {
			require.Empty(t, o.Key)
			words[i] = traceOf(o.Trace)
		}
	}
	return words
}

func traceOf(job domain.JobID) string { return fmt.Sprintf("trace of %d", job) }

// deletions are the ways to delete projects, each with a place for one that goes
// and for one that stays.
var deletions = map[string]func(w *fixture.World) (going, staying domain.NamespaceID, remove func(domain.ProjectID) error){
	"the project": func(w *fixture.World) (going, staying domain.NamespaceID, remove func(domain.ProjectID) error) {
		group := w.AddGroup(0)
		return group, group, func(p domain.ProjectID) error { return w.Projects.Delete(w.Context(), p) }
	},
	"a group above": func(w *fixture.World) (going, staying domain.NamespaceID, remove func(domain.ProjectID) error) {
		top := w.AddGroup(0)
		return w.AddGroup(w.AddGroup(top)), w.AddGroup(0), func(domain.ProjectID) error { return w.Groups.Delete(w.Context(), top) }
	},
	"the owner": func(w *fixture.World) (going, staying domain.NamespaceID, remove func(domain.ProjectID) error) {
		user, other := w.AddUser(), w.AddUser()
		return w.User(user).State().Namespace, w.User(other).State().Namespace,
			func(domain.ProjectID) error { return w.Users.Delete(w.Context(), user) }
	},
}

var discardingPromises = func() map[string]promise {
	promises := map[string]promise{}
	for what, deletion := range deletions {
		promises["Delete of "+what+" discards traces and artifacts of all jobs in it, and no others"] = func(t *testing.T, w *fixture.World) {
			in, beside, remove := deletion(w)
			going, staying := w.AddProject(in), w.AddProject(beside)
			neverRan := w.AddJob(going)
			running, over := addJobWithOutput(t, w, going), addJobWithOutput(t, w, going)
			finishJob(t, w, over)
			addJobWithOutput(t, w, staying)
			require.NoError(t, remove(going))
			assert.ElementsMatch(t, []string{
				traceOf(running), traceOf(over), fmt.Sprintf("artifact of %d", running), fmt.Sprintf("artifact of %d", over),
			}, discarded(t, w), "job %d left nothing", neverRan)
		}
		promises["Delete of "+what+" takes the same number of statements, however many jobs"] = func(t *testing.T, w *fixture.World) {
			counts := map[int]int{}
			for _, jobs := range []int{1, 30} {
				in, _, remove := deletion(w)
				project := w.AddProject(in)
				for range jobs {
					addJobWithOutput(t, w, project)
				}
				counts[w.CountStatements(func() { require.NoError(t, remove(project)) })] += jobs
			}
			assert.Len(t, counts, 1, "jobs by statements: %v", counts)
		}
	}
	return promises
}()

// addJobWithOutput adds a job that an agent has, and an artifact of it.
func addJobWithOutput(t *testing.T, w *fixture.World, project domain.ProjectID) domain.JobID {
	t.Helper()
	id := w.AddJob(project)
	_, err := w.Jobs.Update(w.Context(), id, now, func(j *domain.Job) error {
		s := j.State()
		s.Status, s.StartedAt, s.RunTimeout = domain.JobRunning, now, 60
		s.Token = domain.Digest(fmt.Sprintf("token of job %d", id))
		*j = *domain.RestoreJob(s)
		return nil
	})
	require.NoError(t, err)
	a := artifact(id, domain.ArchiveArtifact)
	a.Key = fmt.Sprintf("of %d", id)
	addArtifact(t, w, a)
	return id
}

func finishJob(t *testing.T, w *fixture.World, id domain.JobID) {
	t.Helper()
	_, err := w.Jobs.Update(w.Context(), id, now, func(j *domain.Job) error {
		return j.Finish(domain.JobResult{Success: true}, now)
	})
	require.NoError(t, err)
}
