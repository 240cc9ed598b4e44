package application

import (
	"context"
	"time"

	"runyard/domain"
	"runyard/ports"
)

// RunnerDetails is a runner with what an actor may see around it.
type RunnerDetails struct {
	Runner              *domain.Runner
	Projects            []*domain.Project // of a project runner; nil if not asked for
	Groups              []*domain.Group   // of a group runner
	ShowMaintenanceNote bool
	At                  time.Time // the moment for which status and online are meant
}

// ShowRunner asks for one runner.
type ShowRunner struct {
	Actor           domain.Actor
	Runner          domain.RunnerID
	WithoutProjects bool // saves loading them
}

// Show shows one runner (Runners API reference 4.3).
func (s *Runners) Show(ctx context.Context, q ShowRunner) (RunnerDetails, error) {
	runner, access, err := s.readable(ctx, q.Actor, q.Runner)
	if err != nil {
		return RunnerDetails{}, err
	}
	return s.details(ctx, runner, access, q.WithoutProjects)
}

// readable finds a runner that the actor may read. Memberships are not asked
// for where they cannot matter.
func (s *Runners) readable(ctx context.Context, actor domain.Actor, id domain.RunnerID,
) (*domain.Runner, domain.RunnerAccess, error) {
	runner, err := s.p.Runners.Find(ctx, id)
	if err != nil {
		return nil, domain.RunnerAccess{}, err
	}
	access := domain.RunnerAccess{Standing: domain.Standing{Actor: actor}}
	if !runner.State().Type.Shared() {
		if access, err = s.p.runnerAccess(ctx, actor, id); err != nil {
			return nil, domain.RunnerAccess{}, err
		}
	}
	return runner, access, access.MustRead(runner)
}

// details loads what is shown beside a runner that the actor may read: to
// administrators everything that it is attached to, to others what they are
// members of.
func (s *Runners) details(ctx context.Context, r *domain.Runner, access domain.RunnerAccess,
	withoutProjects bool,
) (RunnerDetails, error) {
	d := RunnerDetails{Runner: r, ShowMaintenanceNote: access.SeesMaintenanceNote(r), At: s.p.Clock.Now()}
	switch r.State().Type {
	case domain.ProjectRunner:
		if withoutProjects {
			return d, nil
		}
		member := access.Actor.User
		if access.Actor.Admin {
			member = 0
		}
		projects, err := s.p.Runners.Projects(ctx, r.ID(), member, d.At)
		if err != nil {
			return RunnerDetails{}, err
		}
		d.Projects = projects
	case domain.GroupRunner:
		// Only members of the group and administrators may read its runners.
		group, err := s.p.Groups.Find(ctx, ports.GroupRef{ID: r.State().Group})
		if err != nil {
			return RunnerDetails{}, err
		}
		d.Groups = []*domain.Group{group}
	case domain.InstanceRunner:
	}
	return d, nil
}
