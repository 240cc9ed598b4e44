package application_test

import (
	"context"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
	"runyard/ports/mocks"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const longPoll = 50 * time.Second

// agentHarness is the use cases of agents on mocked ports, in a bubble of time
// of its own.
type agentHarness struct {
	*harness
	agents *application.Agents
	handle func(e ports.QueueEvent) // what the use cases do with events
}

// inBubble runs a test in a bubble, from noon on: its clock moves on when
// everybody waits, and a goroutine that does not end fails it.
func inBubble(t *testing.T, limits application.AgentLimits, test func(t *testing.T, h *agentHarness)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newAgents(t, limits)) })
}

func newAgents(t *testing.T, limits application.AgentLimits) *agentHarness {
	t.Helper()
	h, begin := &agentHarness{harness: newHarness(t)}, bubbleTime()
	ctrl := gomock.NewController(t)
	clock := mocks.NewMockClock(ctrl)
	clock.EXPECT().Now().DoAndReturn(func() time.Time { return noon.Add(bubbleTime().Sub(begin)) }).AnyTimes()
	h.Clock = clock
	var nonces atomic.Int64
	h.generator.EXPECT().Nonce().DoAndReturn(func() string { return "nonce" + strconv.FormatInt(nonces.Add(1), 10) }).AnyTimes()
	h.generator.EXPECT().JobToken().Return(domain.Secret("glcbt-x")).AnyTimes()
	server := &url.URL{Scheme: "https", Host: "ci.example.com"}
	h.agents = application.NewAgents(h.Ports, limits, server, "19.4.0")
	return h
}

// bubbleTime is not the real one inside a bubble.
func bubbleTime() time.Time {
	return time.Now() //nolint:forbidigo // a bubble makes it whatever the test wants
}

// run runs the use cases in the background until the function that it returns
// is called, which returns what came of it.
func (h *agentHarness) run(t *testing.T) (stop func() error) {
	t.Helper()
	h.signals.EXPECT().Listen(gomock.Any(), gomock.Any()).
		DoAndReturn(func(ctx context.Context, handle func(e ports.QueueEvent)) error {
			h.handle = handle
			<-ctx.Done()
			return nil
		})
	h.artifacts.EXPECT().Expired(gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, nil).AnyTimes()
	h.discarded.EXPECT().List(gomock.Any(), gomock.Any(), gomock.Any()).Return(nil, nil).AnyTimes()
	return h.runAlone(t)
}

// runAlone is run without word of the ports that it needs.
func (h *agentHarness) runAlone(t *testing.T) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.agents.Run(ctx) }()
	synctest.Wait()
	return func() error {
		cancel()
		return <-ended
	}
}

// storesContacts lets contacts be stored in batches whenever that is due.
func (h *agentHarness) storesContacts() {
	h.runners.EXPECT().RecordContacts(gomock.Any(), gomock.Any()).Return(nil).AnyTimes()
}

// knows makes the runner the one of its token, however often it is asked for.
func (h *agentHarness) knows(runners ...*domain.Runner) {
	for _, r := range runners {
		h.runners.EXPECT().FindByToken(gomock.Any(), r.State().Token).Return(r, nil).AnyTimes()
	}
}

// claims says what the runner gets that asks for a job: it runs take on it.
func claims(job ports.JobDetails) func(context.Context, *domain.Runner, func(*domain.Job) error) (ports.JobDetails, bool, error) {
	return func(_ context.Context, _ *domain.Runner, take func(*domain.Job) error) (ports.JobDetails, bool, error) {
		if err := take(domain.RestoreJob(job.Job.State())); err != nil {
			return ports.JobDetails{}, false, err
		}
		return job, true, take(job.Job)
	}
}

// hasJob lets the runner have the job, once.
func (h *agentHarness) hasJob(r *domain.Runner, job ports.JobDetails) *gomock.Call {
	return h.jobs.EXPECT().Claim(gomock.Any(), r, gomock.Any()).DoAndReturn(claims(job))
}

// hasNone finds no job for the runner, once.
func (h *agentHarness) hasNone(r *domain.Runner) *gomock.Call {
	return h.jobs.EXPECT().Claim(gomock.Any(), r, gomock.Any()).Return(ports.JobDetails{}, false, nil)
}

// answer is what a request came to, and after how long.
type answer struct {
	offer application.JobOffer
	err   error
	took  time.Duration
}

// request asks for work in the background.
func (h *agentHarness) request(ctx context.Context, cmd *application.RequestJob) <-chan answer {
	answers := make(chan answer, 1)
	go func() {
		begin := h.Clock.Now()
		offer, err := h.agents.Request(ctx, cmd)
		answers <- answer{offer, err, h.Clock.Now().Sub(begin)}
	}()
	return answers
}

// held asks for work until there is none, and waits for it then.
func (h *agentHarness) held(ctx context.Context, t *testing.T, token domain.Secret) <-chan answer {
	t.Helper()
	first, err := h.agents.Request(ctx, asking(token, ""))
	require.NoError(t, err)
	require.Nil(t, first.Job)
	answers := h.request(ctx, asking(token, first.LastUpdate))
	synctest.Wait()
	return answers
}

// stillHeld fails the test if the request was answered.
func stillHeld(t *testing.T, answers <-chan answer) {
	t.Helper()
	synctest.Wait()
	select {
	case a := <-answers:
		assert.Fail(t, "the request was answered", "%+v", a)
	default:
	}
}

// asking is a request of an agent with that token.
func asking(token domain.Secret, lastUpdate string) *application.RequestJob {
	return &application.RequestJob{
		RunnerCall: application.RunnerCall{Token: token, IPAddress: "192.0.2.9", SystemID: "s_1"},
		LastUpdate: lastUpdate, Graceful: true,
	}
}

// theRunner is a runner with a token of its own that made contact before.
func theRunner(id domain.RunnerID, changes ...func(s *domain.RunnerState)) *domain.Runner {
	return aRunner(append([]func(s *domain.RunnerState){func(s *domain.RunnerState) {
		s.ID, s.Token = id, digestOf(tokenOf(id))
		s.ContactedAt = noon
	}}, changes...)...)
}

func tokenOf(id domain.RunnerID) domain.Secret {
	return domain.Secret("token " + strconv.Itoa(int(id)))
}

// aPendingJob is a job of project 4 that waits for a runner.
func aPendingJob(id domain.JobID, changes ...func(s *domain.JobState)) ports.JobDetails {
	s := domain.JobState{
		ID: id, Project: 4, Pipeline: 2, Name: "compile", Stage: "test", Status: domain.JobPending, Ref: "main",
		Timeout: 3600, CreatedAt: yesterday, QueuedAt: yesterday,
	}
	for _, change := range changes {
		change(&s)
	}
	return ports.JobDetails{
		Job: domain.RestoreJob(s), Project: aProject(), User: aUser(),
		Pipeline: domain.Pipeline{ID: 2, Project: 4, SHA: domain.NoSHA, CreatedAt: yesterday},
	}
}

// queued is what the match must know of a job of project 4.
func queued(id domain.JobID, tags ...string) domain.QueuedJob {
	return domain.QueuedJob{
		Job: id, Project: 4, Status: domain.JobPending, Tags: tags, SharedRunnersEnabled: true, GroupRunnersEnabled: true,
	}
}

// changingJob is Update of that job, which releases others.
func changingJob(j *domain.Job, released ...domain.JobID) func(context.Context, domain.JobID, time.Time,
	func(*domain.Job) error) ([]domain.JobID, error) {
	return func(_ context.Context, _ domain.JobID, _ time.Time, change func(*domain.Job) error) ([]domain.JobID, error) {
		_ = change(domain.RestoreJob(j.State()))
		before := j.State()
		if err := change(j); err != nil {
			*j = *domain.RestoreJob(before)
			return nil, err
		}
		return released, nil
	}
}
