package application

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// projectAccess finds a project and what the actor is to it, and demands a
// level. Memberships are not asked for where they cannot matter.
func (p Ports) projectAccess(ctx context.Context, actor domain.Actor, ref ports.ProjectRef,
	level domain.AccessLevel,
) (domain.ProjectAccess, error) {
	project, err := p.Projects.Find(ctx, ref)
	if err != nil {
		return domain.ProjectAccess{}, err
	}
	access := domain.ProjectAccess{Standing: domain.Standing{Actor: actor}, Project: project}
	if !actor.Admin {
		access.Level, err = p.Access.OnProject(ctx, actor.User, project.ID(), p.Clock.Now())
		if err != nil {
			return domain.ProjectAccess{}, err
		}
	}
	return access, access.Must(level)
}

// groupAccess finds a group and what the actor is to it, and demands a level.
func (p Ports) groupAccess(ctx context.Context, actor domain.Actor, ref ports.GroupRef,
	level domain.AccessLevel,
) (domain.GroupAccess, error) {
	group, err := p.Groups.Find(ctx, ref)
	if err != nil {
		return domain.GroupAccess{}, err
	}
	access := domain.GroupAccess{Standing: domain.Standing{Actor: actor}, Group: group}
	if actor.Admin {
		return access, access.Must(level)
	}
	access.Level, err = p.Access.OnGroup(ctx, actor.User, group.ID(), p.Clock.Now())
	if err != nil {
		return domain.GroupAccess{}, err
	}
	if access.MustSee() != nil {
		access.SeesProject, err = p.Access.SeesProjectIn(ctx, actor.User, group.ID(), p.Clock.Now())
		if err != nil {
			return domain.GroupAccess{}, err
		}
	}
	return access, access.Must(level)
}

// runnerAccess is what the actor is to a runner, which need not exist.
func (p Ports) runnerAccess(ctx context.Context, actor domain.Actor, runner domain.RunnerID) (domain.RunnerAccess, error) {
	access := domain.RunnerAccess{Standing: domain.Standing{Actor: actor}}
	if actor.Admin {
		return access, nil
	}
	var err error
	access.Level, err = p.Access.OnRunner(ctx, actor.User, runner, p.Clock.Now())
	return access, err
}
