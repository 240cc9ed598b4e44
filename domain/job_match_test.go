package domain_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
)

// queued is a job of project 4 that every runner in its reach may have.
func queued(changes ...func(j *domain.QueuedJob)) domain.QueuedJob {
	j := domain.QueuedJob{
		Job: 9, Project: 4, Groups: []domain.GroupID{2, 3}, Status: domain.JobPending,
		SharedRunnersEnabled: true, GroupRunnersEnabled: true,
	}
	for _, change := range changes {
		change(&j)
	}
	return j
}

func wanting(tags ...string) func(j *domain.QueuedJob) {
	return func(j *domain.QueuedJob) { j.Tags = tags }
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	protected := func(s *domain.RunnerState) { s.AccessLevel = domain.RefProtected }
	onlyTagged := func(s *domain.RunnerState) { s.RunUntagged, s.Tags = false, domain.Tags{"shell", "linux"} }
	sharedOff := func(j *domain.QueuedJob) { j.SharedRunnersEnabled = false }
	groupOff := func(j *domain.QueuedJob) { j.GroupRunnersEnabled = false }
	for name, test := range map[string]struct {
		runner   *domain.Runner
		job      domain.QueuedJob
		assigned bool
		want     domain.Refusal
	}{
		"an instance runner serves every project":   {aRunner(), queued(), false, domain.NotRefused},
		"unless the project takes none":             {aRunner(), queued(sharedOff), false, domain.RefusedSharedRunnersOff},
		"a group runner serves what is below":       {aRunner(ofGroup), queued(sharedOff), false, domain.NotRefused},
		"not what is elsewhere":                     {aRunner(ofGroup), queued(func(j *domain.QueuedJob) { j.Groups = []domain.GroupID{2} }), false, domain.RefusedOutsideGroup},
		"nor a project that takes no group runners": {aRunner(ofGroup), queued(groupOff), false, domain.RefusedGroupRunnersOff},
		"a project runner serves its projects":      {aRunner(ofProjects(1)), queued(sharedOff, groupOff), true, domain.NotRefused},
		"and no other":                              {aRunner(ofProjects(1)), queued(), false, domain.RefusedNotAssigned},
		"who is paused gets nothing":                {aRunner(paused), queued(), false, domain.RefusedPaused},
		"nobody gets what does not wait":            {aRunner(paused), queued(func(j *domain.QueuedJob) { j.Status = domain.JobRunning }), false, domain.RefusedNotPending},
		"a locked runner works as before":           {aRunner(ofProjects(1), locked), queued(), true, domain.NotRefused},
		"a protected runner refuses other refs":     {aRunner(protected), queued(), false, domain.RefusedUnprotectedRef},
		"a protected runner takes protected refs":   {aRunner(protected), queued(func(j *domain.QueuedJob) { j.Protected = true }), false, domain.NotRefused},
		"others take protected refs too":            {aRunner(), queued(func(j *domain.QueuedJob) { j.Protected = true }), false, domain.NotRefused},
		"jobs without tags are not for everybody":   {aRunner(onlyTagged), queued(), false, domain.RefusedUntagged},
		"all tags of the job are there":             {aRunner(onlyTagged), queued(wanting("linux")), false, domain.NotRefused},
		"one tag of the job is missing":             {aRunner(onlyTagged), queued(wanting("linux", "windows")), false, domain.RefusedTags},
		"running untagged jobs is no licence":       {aRunner(), queued(wanting("linux")), false, domain.RefusedTags},
		"an unknown type serves nobody in special":  {aRunner(func(s *domain.RunnerState) { s.Type = "" }), queued(wanting("x")), false, domain.RefusedTags},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, test.runner.Refuses(test.job, test.assigned))
		})
	}
}
