package accesscache

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

type members struct {
	ports.MemberRepository
	cache *Cache
}

// Members tells the cache of changed memberships.
func (c *Cache) Members(stored ports.MemberRepository) ports.MemberRepository {
	return members{stored, c}
}

// Add implements ports.MemberRepository.
func (r members) Add(ctx context.Context, of ports.MemberSource, m *domain.Membership) error {
	defer r.cache.forgetAccess()
	return r.MemberRepository.Add(ctx, of, m)
}

// Update implements ports.MemberRepository.
func (r members) Update(ctx context.Context, of ports.MemberSource, user domain.UserID, change func(m *domain.Membership) error) error {
	defer r.cache.forgetAccess()
	return r.MemberRepository.Update(ctx, of, user, change)
}

// Delete implements ports.MemberRepository.
func (r members) Delete(ctx context.Context, of ports.MemberSource, user domain.UserID, check func(m *domain.Membership) error) error {
	defer r.cache.forgetAccess()
	return r.MemberRepository.Delete(ctx, of, user, check)
}

type groups struct {
	ports.GroupRepository
	cache *Cache
}

// Groups tells the cache of changed groups. A new one counts: somebody may have
// asked for its id before it was there.
func (c *Cache) Groups(stored ports.GroupRepository) ports.GroupRepository { return groups{stored, c} }

// Add implements ports.GroupRepository.
func (r groups) Add(ctx context.Context, g *domain.Group, owner domain.UserID) (domain.GroupID, error) {
	defer r.cache.forgetAccess()
	return r.GroupRepository.Add(ctx, g, owner)
}

// Update implements ports.GroupRepository.
func (r groups) Update(ctx context.Context, id domain.GroupID, change func(g, parent *domain.Group) error) error {
	defer r.cache.forgetAccess()
	return r.GroupRepository.Update(ctx, id, change)
}

// Delete implements ports.GroupRepository.
func (r groups) Delete(ctx context.Context, id domain.GroupID) error {
	defer r.cache.forgetAccess()
	return r.GroupRepository.Delete(ctx, id)
}

type projects struct {
	ports.ProjectRepository
	cache *Cache
}

// Projects tells the cache of changed projects, new ones included.
func (c *Cache) Projects(stored ports.ProjectRepository) ports.ProjectRepository {
	return projects{stored, c}
}

// Add implements ports.ProjectRepository.
func (r projects) Add(ctx context.Context, p *domain.Project) (domain.ProjectID, error) {
	defer r.cache.forgetAccess()
	return r.ProjectRepository.Add(ctx, p)
}

// Update implements ports.ProjectRepository.
func (r projects) Update(ctx context.Context, id domain.ProjectID, change func(p *domain.Project) error) error {
	defer r.cache.forgetAccess()
	return r.ProjectRepository.Update(ctx, id, change)
}

// Delete implements ports.ProjectRepository.
func (r projects) Delete(ctx context.Context, id domain.ProjectID) error {
	defer r.cache.forgetAccess()
	return r.ProjectRepository.Delete(ctx, id)
}

type runners struct {
	ports.RunnerRepository
	cache *Cache
}

// Runners tells the cache of new runners, and of those that come to other
// projects.
func (c *Cache) Runners(stored ports.RunnerRepository) ports.RunnerRepository {
	return runners{stored, c}
}

// Add implements ports.RunnerRepository.
func (r runners) Add(ctx context.Context, runner *domain.Runner, project domain.ProjectID) (domain.RunnerID, error) {
	defer r.cache.onRunner.forget()
	return r.RunnerRepository.Add(ctx, runner, project)
}

// UpdateAssignment implements ports.RunnerRepository.
func (r runners) UpdateAssignment(ctx context.Context, id domain.RunnerID, project domain.ProjectID,
	change func(a *domain.Assignment) error,
) error {
	defer r.cache.onRunner.forget()
	return r.RunnerRepository.UpdateAssignment(ctx, id, project, change)
}

// Delete implements ports.RunnerRepository.
func (r runners) Delete(ctx context.Context, id domain.RunnerID, check func(r *domain.Runner) error) error {
	defer r.cache.onRunner.forget()
	return r.RunnerRepository.Delete(ctx, id, check)
}
