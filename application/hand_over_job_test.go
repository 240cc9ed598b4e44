package application_test

import (
	"context"
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

// dependingOn makes the job one that gets the artifacts of others.
func dependingOn(ids ...domain.JobID) func(s *domain.JobState) {
	return func(s *domain.JobState) { s.Dependencies = ids }
}

// aDependency is a job that succeeded yesterday and kept its archive for an hour.
func aDependency(id domain.JobID, changes ...func(s *domain.JobState)) *domain.Job {
	s := domain.JobState{
		ID: id, Name: "build", Status: domain.JobSuccess, FinishedAt: yesterday,
		Definition: domain.JobDefinition{Artifacts: []domain.JobArtifacts{{ExpireIn: "1 hour"}}},
	}
	for _, change := range changes {
		change(&s)
	}
	return domain.RestoreJob(s)
}

func withoutArtifacts(s *domain.JobState) { s.Definition.Artifacts = nil }

func TestAJobIsHandedOverWithAllThatItNeeds(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		runner := theRunner(7, func(s *domain.RunnerState) { s.MaximumTimeout = new(int64(600)) })
		h.knows(runner)
		job := aPendingJob(21, dependingOn(9, 10, 11))
		h.hasJob(runner, job)
		archive := anArchive()
		h.artifacts.EXPECT().OfJobs(gomock.Any(), []domain.JobID{9, 10, 11}).
			Return([]domain.Artifact{archive, anArchive(ofType("junit"))}, nil)
		h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(aDependency(9), nil)
		h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(10)).Return(aDependency(10, withoutArtifacts), nil)
		h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(11)).Return(nil, errNoJob)
		offer, err := h.agents.Request(t.Context(), asking("token 7", ""))
		require.NoError(t, err)

		state := offer.Job.Job.State()
		assert.Equal(t, domain.JobRunning, state.Status)
		assert.Equal(t, domain.RunnerID(7), state.Runner)
		assert.Equal(t, domain.SystemID("s_1"), state.SystemID)
		assert.True(t, state.Graceful)
		assert.Equal(t, int64(600), state.RunTimeout)
		assert.Equal(t, noon, state.StartedAt)
		assert.True(t, offer.Job.Job.HasToken(digestOf("glcbt-x")))
		assert.Equal(t, domain.Secret("glcbt-x"), offer.Job.Token)
		assert.Same(t, runner, offer.Job.Runner)
		assert.Equal(t, []application.OfferedDependency{
			{Job: 9, Name: "build", Archive: &archive}, {Job: 10, Name: "build"},
		}, offer.Job.Dependencies)
		for key, value := range map[string]string{
			"CI_JOB_TOKEN": "glcbt-x", "CI_JOB_ID": "21", "CI_RUNNER_ID": "7", "CI_PROJECT_PATH": "acme/engine",
			"CI_SERVER_URL": "https://ci.example.com", "CI_SERVER_VERSION": "19.4.0", "GITLAB_USER_LOGIN": "sam",
		} {
			assert.Contains(t, valuesOf(offer.Job.Variables), key+"="+value)
		}
	})
}

func valuesOf(variables []domain.JobVariable) []string {
	texts := make([]string, len(variables))
	for i, v := range variables {
		texts[i] = v.Key + "=" + v.Value
	}
	return texts
}

func TestAJobWhoseDependenciesAreGoneFailsAndTheSearchGoesOn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		artifacts  []domain.Artifact
		dependency *domain.Job
		gone       bool
	}{
		"its archive has expired":                   {[]domain.Artifact{anArchive(expiring(yesterday))}, aDependency(9), true},
		"its archive expired and was deleted":       {nil, aDependency(9), true},
		"its archive is there, however old":         {[]domain.Artifact{anArchive()}, aDependency(9), false},
		"it kept none":                              {nil, aDependency(9, withoutArtifacts), false},
		"it found no file, though it looked":        {nil, aDependency(9, func(s *domain.JobState) { s.FinishedAt = noon }), false},
		"it failed, which leaves nothing to expire": {nil, aDependency(9, func(s *domain.JobState) { s.Status = domain.JobFailed }), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, polling, func(t *testing.T, h *agentHarness) {
				runner := theRunner(7)
				h.knows(runner)
				poor := aPendingJob(21, dependingOn(9))
				h.hasJob(runner, poor)
				h.artifacts.EXPECT().OfJobs(gomock.Any(), []domain.JobID{9}).Return(test.artifacts, nil)
				h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(test.dependency, nil)
				want := domain.JobID(21)
				if test.gone {
					want = 23
					h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(21), noon, gomock.Any()).DoAndReturn(changingJob(poor.Job, 22))
					h.announcesJobs([]domain.JobID{22}, queued(22))
					h.hasJob(runner, aPendingJob(23))
				}
				offer, err := h.agents.Request(t.Context(), asking("token 7", ""))
				require.NoError(t, err)
				assert.Equal(t, want, offer.Job.Job.ID())
				if test.gone {
					assert.Equal(t, domain.JobFailed, poor.Job.State().Status)
					assert.Equal(t, "missing_dependency_failure", poor.Job.State().FailureReason)
				}
			})
		})
	}
}

func TestAJobOfABlockedUserFailsAndTheSearchGoesOn(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		runner := theRunner(7)
		h.knows(runner)
		poor := aPendingJob(21, dependingOn(9))
		user := poor.User.State()
		user.Status = domain.UserBlocked
		poor.User = domain.RestoreUser(user)
		h.hasJob(runner, poor)
		h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(21), noon, gomock.Any()).DoAndReturn(changingJob(poor.Job, 22))
		h.announcesJobs([]domain.JobID{22}, queued(22))
		ofNobody := aPendingJob(23)
		ofNobody.User = nil
		h.hasJob(runner, ofNobody)
		offer, err := h.agents.Request(t.Context(), asking("token 7", ""))
		require.NoError(t, err)
		assert.Equal(t, domain.JobID(23), offer.Job.Job.ID())
		assert.Equal(t, "user_blocked", poor.Job.State().FailureReason)
	})
}

func TestAJobThatGoesToSomebodyElseMeanwhileIsNotFailed(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		runner := theRunner(7)
		h.knows(runner)
		h.hasJob(runner, aPendingJob(21, dependingOn(9)))
		h.leftArtifacts(anArchive(expiring(yesterday)))
		h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(aDependency(9), nil)
		elsewhere := aPendingJob(21).Job
		h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(21), gomock.Any(), gomock.Any()).DoAndReturn(changingJob(elsewhere))
		h.hasNone(runner)
		offer, err := h.agents.Request(t.Context(), asking("token 7", ""))
		require.NoError(t, err)
		assert.Nil(t, offer.Job)
		assert.Equal(t, domain.JobPending, elsewhere.State().Status)
	})
}

func TestAJobThatCannotBeHandedOverWaitsAgain(t *testing.T) {
	t.Parallel()
	lost := func(h *agentHarness) {
		h.leftArtifacts(anArchive(expiring(yesterday)))
		h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(aDependency(9), nil)
	}
	for name, test := range map[string]struct {
		before func(h *agentHarness, leave func())
		want   error
	}{
		"artifacts cannot be read": {func(h *agentHarness, _ func()) {
			h.artifacts.EXPECT().OfJobs(gomock.Any(), gomock.Any()).Return(nil, errDown)
		}, errDown},
		"dependencies cannot be read": {func(h *agentHarness, _ func()) {
			h.leftArtifacts()
			h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).Return(nil, errDown)
		}, errDown},
		"it cannot be failed": {func(h *agentHarness, _ func()) {
			lost(h)
			h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(21), gomock.Any(), gomock.Any()).Return(nil, errDown)
		}, errDown},
		"the connection is gone by now": {func(h *agentHarness, leave func()) {
			h.leftArtifacts(anArchive())
			h.jobs.EXPECT().Load(gomock.Any(), domain.JobID(9)).DoAndReturn(
				func(context.Context, domain.JobID) (*domain.Job, error) {
					leave()
					return aDependency(9), nil
				})
		}, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, polling, func(t *testing.T, h *agentHarness) {
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				runner := theRunner(7)
				h.knows(runner)
				job := aPendingJob(21, dependingOn(9))
				h.hasJob(runner, job)
				test.before(h, leave)
				h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(21), noon, gomock.Any()).DoAndReturn(
					func(ctx context.Context, id domain.JobID, now time.Time, change func(*domain.Job) error) ([]domain.JobID, error) {
						require.NoError(t, ctx.Err(), "it is taken back though the connection is gone")
						return changingJob(job.Job)(ctx, id, now, change)
					})
				h.announcesJobs([]domain.JobID{21}, queued(21))
				offer, err := h.agents.Request(ctx, asking("token 7", ""))
				require.ErrorIs(t, err, test.want)
				assert.Zero(t, offer)
				assert.Equal(t, domain.JobPending, job.Job.State().Status)
				assert.Empty(t, string(job.Job.State().Token))
			})
		})
	}
}

func TestAJobThatStorageReleasesIsAnnouncedOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		runner := theRunner(7)
		h.knows(runner)
		job := aPendingJob(21, dependingOn(9))
		h.hasJob(runner, job)
		h.artifacts.EXPECT().OfJobs(gomock.Any(), gomock.Any()).Return(nil, errDown)
		h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(21), gomock.Any(), gomock.Any()).DoAndReturn(changingJob(job.Job, 21))
		h.announcesJobs([]domain.JobID{21}, queued(21))
		_, err := h.agents.Request(t.Context(), asking("token 7", ""))
		require.ErrorIs(t, err, errDown)
	})
}

func TestAJobThatCannotBeTakenBackIsLeftToTheSweep(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		runner := theRunner(7)
		h.knows(runner)
		h.hasJob(runner, aPendingJob(21, dependingOn(9)))
		h.artifacts.EXPECT().OfJobs(gomock.Any(), gomock.Any()).Return(nil, errDown)
		h.jobs.EXPECT().Update(gomock.Any(), domain.JobID(21), gomock.Any(), gomock.Any()).Return(nil, errSomeConflict)
		h.faults.EXPECT().Note(gomock.Any(), "take back a job that its agent did not get", errSomeConflict)
		_, err := h.agents.Request(t.Context(), asking("token 7", ""))
		require.ErrorIs(t, err, errDown)
	})
}

func TestNothingIsAssignedToAConnectionThatIsGone(t *testing.T) {
	t.Parallel()
	inBubble(t, polling, func(t *testing.T, h *agentHarness) {
		ctx, leave := context.WithCancel(t.Context())
		runner := theRunner(7)
		h.knows(runner)
		job := aPendingJob(21)
		h.jobs.EXPECT().Claim(gomock.Any(), runner, gomock.Any()).DoAndReturn(
			func(ctx context.Context, r *domain.Runner, take func(*domain.Job) error) (ports.JobDetails, bool, error) {
				leave()
				return claims(job)(ctx, r, take)
			})
		_, err := h.agents.Request(ctx, asking("token 7", ""))
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, domain.JobPending, job.Job.State().Status)
	})
}
