package application_test

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// What follows runs the changes that use cases hand to repositories, as an
// adapter may: twice, and only the second time for good. So a change that
// leans on having run once shows.

// changing is Update or Delete of that runner.
func changing(r *domain.Runner) func(context.Context, domain.RunnerID, func(*domain.Runner) error) error {
	return func(_ context.Context, _ domain.RunnerID, change func(*domain.Runner) error) error {
		_ = change(domain.RestoreRunner(r.State()))
		return change(r)
	}
}

// changingAssignment is UpdateAssignment of that link.
func changingAssignment(a *domain.Assignment) func(context.Context, domain.RunnerID, domain.ProjectID,
	func(*domain.Assignment) error) error {
	return func(_ context.Context, _ domain.RunnerID, _ domain.ProjectID, change func(*domain.Assignment) error) error {
		_ = change(&domain.Assignment{
			Runner: domain.RestoreRunner(a.Runner.State()), Project: a.Project, AssignedAt: a.AssignedAt,
		})
		return change(a)
	}
}

func changingUser(u *domain.User) func(context.Context, domain.UserID, func(*domain.User) error) error {
	return func(_ context.Context, _ domain.UserID, change func(*domain.User) error) error {
		_ = change(domain.RestoreUser(u.State()))
		return change(u)
	}
}

func changingToken(t *domain.PersonalAccessToken) func(context.Context, domain.PersonalAccessTokenID,
	func(*domain.PersonalAccessToken) error) error {
	return func(_ context.Context, _ domain.PersonalAccessTokenID, change func(*domain.PersonalAccessToken) error) error {
		_ = change(domain.RestorePersonalAccessToken(t.State()))
		return change(t)
	}
}

func changingProject(p *domain.Project) func(context.Context, domain.ProjectID, func(*domain.Project) error) error {
	return func(_ context.Context, _ domain.ProjectID, change func(*domain.Project) error) error {
		_ = change(domain.RestoreProject(p.State()))
		return change(p)
	}
}

func changingGroup(g, parent *domain.Group) func(context.Context, domain.GroupID,
	func(g, parent *domain.Group) error) error {
	return func(_ context.Context, _ domain.GroupID, change func(g, parent *domain.Group) error) error {
		_ = change(domain.RestoreGroup(g.State()), parent)
		return change(g, parent)
	}
}

func changingMembership(m *domain.Membership) func(context.Context, ports.MemberSource, domain.UserID,
	func(*domain.Membership) error) error {
	return func(_ context.Context, _ ports.MemberSource, _ domain.UserID, change func(*domain.Membership) error) error {
		_ = change(domain.RestoreMembership(m.State()))
		return change(m)
	}
}

func changingInstance(i *domain.Instance) func(context.Context, func(*domain.Instance) error) error {
	return func(_ context.Context, change func(*domain.Instance) error) error {
		inVain := *i
		_ = change(&inVain)
		return change(i)
	}
}

// enqueueing is Enqueue into that pipeline, of which the planned job comes back.
func enqueueing(p domain.Pipeline, siblings []domain.JobSibling, planned *ports.Enqueued) func(context.Context,
	domain.ProjectID, domain.PipelineID, func(domain.Pipeline, []domain.JobSibling) (ports.Enqueued, error),
) (domain.JobID, error) {
	return func(_ context.Context, _ domain.ProjectID, _ domain.PipelineID,
		plan func(domain.Pipeline, []domain.JobSibling) (ports.Enqueued, error),
	) (domain.JobID, error) {
		_, _ = plan(p, siblings)
		var err error
		*planned, err = plan(p, siblings)
		return 9, err
	}
}
