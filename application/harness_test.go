package application_test

import (
	"errors"
	"testing"
	"time"

	"github.com/golang/mock/gomock"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
	"runyard/ports/mocks"
)

// harness is the application on mocked ports. A call that a test did not
// announce fails the test; only telling the time, making digests and asking for
// the lifetimes of tokens somewhere is always fine.
type harness struct {
	application.Ports

	// tokensLive is what groups and projects set; askingLifetimes how it fails.
	tokensLive      map[domain.RunnerScope]time.Duration
	askingLifetimes error

	runners   *mocks.MockRunnerRepository
	managers  *mocks.MockRunnerManagerRepository
	lifetimes *mocks.MockTokenLifetimes
	projects  *mocks.MockProjectRepository
	groups    *mocks.MockGroupRepository
	members   *mocks.MockMemberRepository
	users     *mocks.MockUserRepository
	tokens    *mocks.MockTokenRepository
	jobs      *mocks.MockJobRepository
	access    *mocks.MockAccessRepository
	instance  *mocks.MockInstanceRepository
	generator *mocks.MockTokenGenerator

	artifacts     *mocks.MockArtifactRepository
	discarded     *mocks.MockDiscardedOutputRepository
	traceStore    *mocks.MockTraceStore
	artifactStore *mocks.MockArtifactStore
	signals       *mocks.MockQueueSignals
	faults        *mocks.MockFaultLog
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	ctrl := gomock.NewController(t)
	h := &harness{
		runners:   mocks.NewMockRunnerRepository(ctrl),
		managers:  mocks.NewMockRunnerManagerRepository(ctrl),
		lifetimes: mocks.NewMockTokenLifetimes(ctrl),
		projects:  mocks.NewMockProjectRepository(ctrl),
		groups:    mocks.NewMockGroupRepository(ctrl),
		members:   mocks.NewMockMemberRepository(ctrl),
		users:     mocks.NewMockUserRepository(ctrl),
		tokens:    mocks.NewMockTokenRepository(ctrl),
		jobs:      mocks.NewMockJobRepository(ctrl),
		access:    mocks.NewMockAccessRepository(ctrl),
		instance:  mocks.NewMockInstanceRepository(ctrl),
		generator: mocks.NewMockTokenGenerator(ctrl),

		artifacts:     mocks.NewMockArtifactRepository(ctrl),
		discarded:     mocks.NewMockDiscardedOutputRepository(ctrl),
		traceStore:    mocks.NewMockTraceStore(ctrl),
		artifactStore: mocks.NewMockArtifactStore(ctrl),
		signals:       mocks.NewMockQueueSignals(ctrl),
		faults:        mocks.NewMockFaultLog(ctrl),
	}
	h.lifetimes.EXPECT().In(gomock.Any(), gomock.Any()).AnyTimes().DoAndReturn(
		func(_ any, scope domain.RunnerScope) (time.Duration, error) {
			return h.tokensLive[scope], h.askingLifetimes
		})
	clock := mocks.NewMockClock(ctrl)
	clock.EXPECT().Now().Return(noon).AnyTimes()
	h.Ports = application.Ports{
		Runners: h.runners, Managers: h.managers, Lifetimes: h.lifetimes, Projects: h.projects, Groups: h.groups, Members: h.members, Users: h.users,
		Tokens: h.tokens, Jobs: h.jobs, Access: h.access, Instance: h.instance,
		Artifacts: h.artifacts, Discarded: h.discarded, TraceStore: h.traceStore, ArtifactStore: h.artifactStore, Signals: h.signals, Faults: h.faults,
		Clock: clock, Generator: h.generator, Vault: newVault(ctrl, ""),
	}
	return h
}

// announces expects that all nodes are told of the event.
func (h *harness) announces(e ports.QueueEvent) *gomock.Call {
	return h.signals.EXPECT().Publish(gomock.Any(), e).Return(nil)
}

// announcesRunner expects that all nodes are told that runner 7 changed.
func (h *harness) announcesRunner() { h.announces(ports.QueueEvent{Runners: []domain.RunnerID{7}}) }

// announcesJobs expects that all nodes are told of those of the jobs that wait.
func (h *harness) announcesJobs(ids []domain.JobID, waiting ...domain.QueuedJob) {
	h.jobs.EXPECT().Queued(gomock.Any(), ids).Return(waiting, nil)
	if len(waiting) > 0 {
		h.announces(ports.QueueEvent{Queued: waiting})
	}
}

// leftArtifacts makes these the artifacts that job 9 left.
func (h *harness) leftArtifacts(artifacts ...domain.Artifact) {
	h.artifacts.EXPECT().OfJobs(gomock.Any(), []domain.JobID{9}).Return(artifacts, nil)
}

// newVault is a vault whose digests name the token and the key.
func newVault(ctrl *gomock.Controller, key domain.Secret) ports.TokenVault {
	vault := mocks.NewMockTokenVault(ctrl)
	vault.EXPECT().Digest(gomock.Any()).AnyTimes().DoAndReturn(func(token domain.Secret) domain.Digest {
		return digestOf(token) + domain.Digest(key)
	})
	vault.EXPECT().RegistrationToken(gomock.Any()).AnyTimes().DoAndReturn(func(seed string) domain.Secret {
		return domain.Secret("token of " + seed)
	})
	return vault
}

func digestOf(token domain.Secret) domain.Digest { return domain.Digest("digest of " + token.Reveal()) }

// Fixed moments: everything was made yesterday and is asked about at noon.
var (
	noon      = time.Date(2021, time.June, 22, 12, 0, 0, 0, time.UTC)
	yesterday = noon.AddDate(0, 0, -1)
	tomorrow  = noon.AddDate(0, 0, 1)
)

// The people who ask: an administrator without any membership, and Sam, whose
// memberships differ from test to test.
var (
	admin = domain.Actor{User: 1, Admin: true, Token: 11}
	sam   = domain.Actor{User: 5, Token: 15}
)

// errDown is what a port says that fails; no refusal, and nobody's fault.
var errDown = errors.New("the database is down")

// The refusals that many use cases share.
var (
	errForbidden    = domain.Forbidden("")
	errNoAccess     = domain.Forbidden("No access granted")
	errGone         = domain.NotFound("")
	errNoProject    = domain.NotFound("Project")
	errNoGroup      = domain.NotFound("Group")
	errNoUser       = domain.NotFound("User")
	errModified     = &domain.Error{Kind: domain.KindPreconditionFailed}
	errSeveral      = domain.Forbidden("Runner associated with more than one project")
	errInsufficient = domain.Forbidden("Insufficient permissions")
	errPathTaken    = domain.Invalid("path", "has already been taken")
	errSomeConflict = domain.Conflict("taken")
)

var (
	aProjectRef = ports.ProjectRef{Path: "acme/engine"}
	aGroupRef   = ports.GroupRef{Path: "acme"}
	aPage       = ports.Page{Number: 2, Size: 20}
)

// everyLevel lists what memberships can give, nothing included.
var everyLevel = []domain.AccessLevel{
	domain.NoAccess, domain.Guest, domain.Reporter, domain.Developer, domain.Maintainer, domain.Owner,
}

// onRunner says what Sam is to runner 7.
func (h *harness) onRunner(level domain.AccessLevel) {
	h.access.EXPECT().OnRunner(gomock.Any(), sam.User, domain.RunnerID(7), noon).Return(level, nil)
}

// onProject makes the project the one that is found, and says what Sam is to it.
func (h *harness) onProject(p *domain.Project, level domain.AccessLevel) {
	h.projects.EXPECT().Find(gomock.Any(), aProjectRef).Return(p, nil)
	h.access.EXPECT().OnProject(gomock.Any(), sam.User, p.ID(), noon).Return(level, nil)
}

// onGroup makes the group the one that is found, and says what Sam is to it.
func (h *harness) onGroup(g *domain.Group, level domain.AccessLevel) {
	h.groups.EXPECT().Find(gomock.Any(), aGroupRef).Return(g, nil)
	h.access.EXPECT().OnGroup(gomock.Any(), sam.User, g.ID(), noon).Return(level, nil)
}
