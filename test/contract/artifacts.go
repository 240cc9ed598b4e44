package contract

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/fixture"
)

// ArtifactRepository checks what ports.ArtifactRepository promises.
func ArtifactRepository(t *testing.T, open Open) {
	t.Helper()
	check(t, open, artifactPromises)
}

var artifactPromises = map[string]promise{
	"OfJobs gives back what Add was given": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		job, other := w.AddJob(project), w.AddJob(project)
		want := []domain.Artifact{
			artifact(job, domain.ArchiveArtifact),
			{Job: job, Type: "junit", Format: "gzip", CreatedAt: now},
			artifact(other, domain.ArchiveArtifact),
		}
		for i := range want {
			want[i].ID = addArtifact(t, w, want[i])
		}
		got, err := w.Artifacts.OfJobs(w.Context(), []domain.JobID{other, job, missing})
		require.NoError(t, err)
		assertEqual(t, want, got)
		assertUTC(t, got[0].ExpiresAt, got[0].CreatedAt)
		got, err = w.Artifacts.OfJobs(w.Context(), nil)
		require.NoError(t, err)
		assert.Empty(t, got)
	},
	"Add replaces one of the same job and type, under a new id, and discards its bytes": func(t *testing.T, w *fixture.World) {
		job := w.AddJob(w.AddProject(w.AddGroup(0)))
		old := artifact(job, domain.ArchiveArtifact)
		old.ID = addArtifact(t, w, old)
		other := artifact(job, "junit")
		other.Key = "of the other type"
		addArtifact(t, w, other)
		require.Empty(t, discarded(t, w))
		replacement := artifact(job, domain.ArchiveArtifact)
		replacement.Key = "other"
		replacement.ID = addArtifact(t, w, replacement)
		assert.NotEqual(t, old.ID, replacement.ID)
		assert.Equal(t, []string{"artifact " + old.Key}, discarded(t, w))
		require.NoError(t, w.Artifacts.Delete(w.Context(), old.ID))
		got, err := w.Artifacts.OfJobs(w.Context(), []domain.JobID{job})
		require.NoError(t, err)
		assert.Len(t, got, 2)
		assertEqual(t, replacement, got[1])
	},
	"Add at the same moment loses no key": func(t *testing.T, w *fixture.World) {
		job := w.AddJob(w.AddProject(w.AddGroup(0)))
		const writers = 8
		errs := concurrently(writers, func(i int) error {
			a := artifact(job, domain.ArchiveArtifact)
			a.Key = string(rune('a' + i))
			_, err := w.Artifacts.Add(w.Context(), a)
			return err
		})
		assert.Equal(t, writers, succeeded(errs), errs)
		left, err := w.Artifacts.OfJobs(w.Context(), []domain.JobID{job})
		require.NoError(t, err)
		require.Len(t, left, 1)
		all := append(discarded(t, w), "artifact "+left[0].Key)
		assert.ElementsMatch(t, []string{
			"artifact a", "artifact b", "artifact c", "artifact d", "artifact e", "artifact f", "artifact g", "artifact h",
		}, all)
	},
	"Add while the project is deleted loses no key": func(t *testing.T, w *fixture.World) {
		group := w.AddGroup(0)
		for range 20 {
			project := w.AddProject(group)
			a := artifact(addJobWithOutput(t, w, project), "junit")
			finishJob(t, w, a.Job)
			a.Key = fmt.Sprintf("late of %d", a.Job)
			errs := concurrently(2, func(i int) error {
				if i == 0 {
					return w.Projects.Delete(w.Context(), project)
				}
				_, err := w.Artifacts.Add(w.Context(), a)
				return err
			})
			require.NoError(t, errs[0])
			if errs[1] != nil {
				assertNotFound(t, "Job", errs[1]) // who adds it deletes its bytes then
				continue
			}
			assert.Contains(t, discarded(t, w), "artifact "+a.Key)
		}
	},
	"Add to an unknown job finds none": func(t *testing.T, w *fixture.World) {
		_, err := w.Artifacts.Add(w.Context(), artifact(missing, domain.ArchiveArtifact))
		assertNotFound(t, "Job", err)
	},
	"Expired selects what expired before the moment": func(t *testing.T, w *fixture.World) {
		project := w.AddProject(w.AddGroup(0))
		var ids []domain.ArtifactID
		for _, expiry := range []time.Time{now.Add(-time.Microsecond), now.Add(-time.Hour), now, {}} {
			a := artifact(w.AddJob(project), domain.ArchiveArtifact)
			a.ExpiresAt = expiry
			ids = append(ids, addArtifact(t, w, a))
		}
		for limit, want := range map[int][]domain.ArtifactID{1: {ids[1]}, 9: {ids[1], ids[0]}} {
			expired, err := w.Artifacts.Expired(w.Context(), now, limit)
			require.NoError(t, err)
			var got []domain.ArtifactID
			for _, a := range expired {
				got = append(got, a.ID)
			}
			assert.Equal(t, want, got)
		}
	},
	"Delete forgets, and what is forgotten is no error": func(t *testing.T, w *fixture.World) {
		job := w.AddJob(w.AddProject(w.AddGroup(0)))
		id := addArtifact(t, w, artifact(job, domain.ArchiveArtifact))
		for range 2 {
			require.NoError(t, w.Artifacts.Delete(w.Context(), id))
		}
		left, err := w.Artifacts.OfJobs(w.Context(), []domain.JobID{job})
		require.NoError(t, err)
		assert.Empty(t, left)
	},
}

func artifact(job domain.JobID, kind string) domain.Artifact {
	return domain.Artifact{
		Job: job, Type: kind, Format: "zip", Filename: "artifacts.zip", Size: 5 << 30, Key: "key",
		ExpiresAt: now.Add(time.Hour), CreatedAt: now,
	}
}

func addArtifact(t *testing.T, w *fixture.World, a domain.Artifact) domain.ArtifactID {
	t.Helper()
	id, err := w.Artifacts.Add(w.Context(), a)
	require.NoError(t, err)
	return id
}
