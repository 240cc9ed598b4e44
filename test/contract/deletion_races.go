package contract

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

var deletionRacePromises = map[string]promise{
	"A group is deleted while its runners work, are heard of, and are deleted themselves": deleteGroupMeanwhile,
}

// deleteGroupMeanwhile lets everybody work on a group that is being deleted: who
// locks in another order than the rest waits in a circle, which is an error.
func deleteGroupMeanwhile(t *testing.T, w *fixture.World) {
	const runners = 6
	for range 10 {
		group := w.AddGroup(0)
		projects := []domain.ProjectID{w.AddProject(group), w.AddProject(w.AddGroup(group))}
		known := make([]*domain.Runner, runners)
		contacts := make(map[domain.RunnerMachine]domain.RunnerContact)
		for i := range known {
			known[i] = w.Runner(w.AddGroupRunner(group))
			contacts[domain.RunnerMachine{Runner: known[i].ID(), SystemID: "s_1"}] = domain.RunnerContact{At: now, SystemID: "s_1"}
			for _, project := range projects {
				for _, status := range []domain.JobStatus{domain.JobPending, domain.JobRunning, domain.JobSuccess} {
					w.AddJob(project, func(s *domain.JobState) {
						s.Status = status
						if status != domain.JobPending {
							s.Runner = known[i].ID()
						}
					})
				}
			}
		}
		work := []func(i int) error{
			func(i int) error {
				_, _, err := w.Jobs.Claim(w.Context(), known[i], handOver(known[i]))
				return err
			},
			func(i int) error {
				return w.Runners.Delete(w.Context(), known[i].ID(), func(*domain.Runner) error { return nil })
			},
			func(int) error { return w.Runners.RecordContacts(w.Context(), contacts) },
			func(i int) error {
				if i == 0 {
					return w.Groups.Delete(w.Context(), group)
				}
				return w.Projects.Delete(w.Context(), projects[i%len(projects)])
			},
		}
		for _, err := range concurrently(len(work)*runners, func(i int) error { return work[i%len(work)](i / len(work)) }) {
			assert.True(t, err == nil || domain.IsNotFound(err), err)
		}
		_, err := w.Groups.Find(w.Context(), ports.GroupRef{ID: group})
		assertNotFound(t, "Group", err)
		for _, runner := range known {
			_, err := w.Runners.Find(w.Context(), runner.ID())
			assertNotFound(t, "", err)
		}
	}
}
