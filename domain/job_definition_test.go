package domain_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

// listsEverywhere is a job's state with something in every list.
func listsEverywhere() domain.JobState {
	return domain.JobState{
		ID: 8, Tags: domain.Tags{"a"}, Needs: []domain.JobID{1}, Dependencies: []domain.JobID{1},
		Definition: domain.JobDefinition{
			Script: []string{"a"}, BeforeScript: []string{"a"}, AfterScript: []string{"a"},
			Variables: []domain.JobVariable{{Key: "a"}},
			Image:     &domain.JobImage{Name: "a", Entrypoint: []string{"a"}, Command: []string{"a"}},
			Services:  []domain.JobImage{{Name: "a", Entrypoint: []string{"a"}, Command: []string{"a"}}},
			Artifacts: []domain.JobArtifacts{{Name: "a", Paths: []string{"a"}, Exclude: []string{"a"}}},
		},
	}
}

// scribble writes over everything that a state shares with others.
func scribble(s domain.JobState) {
	d := s.Definition
	s.Tags[0], s.Needs[0], s.Dependencies[0] = "z", 9, 9
	for _, list := range [][]string{
		d.Script, d.BeforeScript, d.AfterScript, d.Image.Entrypoint, d.Image.Command,
		d.Services[0].Entrypoint, d.Services[0].Command, d.Artifacts[0].Paths, d.Artifacts[0].Exclude,
	} {
		list[0] = "z"
	}
	d.Variables[0].Key, d.Image.Name, d.Services[0].Name, d.Artifacts[0].Name = "z", "z", "z", "z"
}

func TestJobState(t *testing.T) {
	t.Parallel()
	t.Run("State is a copy, lists included", func(t *testing.T) {
		t.Parallel()
		job := domain.RestoreJob(listsEverywhere())
		scribble(job.State())
		assert.Empty(t, cmp.Diff(listsEverywhere(), job.State()))
		assert.Equal(t, domain.JobID(8), job.ID())
	})
	t.Run("RestoreJob takes a copy", func(t *testing.T) {
		t.Parallel()
		s := listsEverywhere()
		job := domain.RestoreJob(s)
		scribble(s)
		assert.Empty(t, cmp.Diff(listsEverywhere(), job.State()))
	})
	t.Run("NewJob takes a copy of the definition", func(t *testing.T) {
		t.Parallel()
		spec := aSpec()
		job, err := domain.NewJob(spec, aProject(t), 5, nil, noon)
		require.NoError(t, err)
		spec.Definition.Script[0] = "rm"
		assert.Equal(t, []string{"make"}, job.State().Definition.Script)
	})
}
