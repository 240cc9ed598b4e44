package accesscache

import (
	"context"
	"fmt"
	"time"

	"runyard/domain"
	"runyard/ports"
)

// question is what a user is to something. Memberships end when a day begins, so
// that the answer is the same all day.
type question[ID ~int64] struct {
	user domain.UserID
	on   ID
	day  int64
}

func ask[ID ~int64](user domain.UserID, on ID, at time.Time) question[ID] {
	const day = int64(24 * time.Hour / time.Second)
	return question[ID]{user, on, at.Unix() / day}
}

// name is different for different questions.
func (q question[ID]) name() string {
	return fmt.Sprintf("%d/%d/%d", int64(q.user), int64(q.on), q.day)
}

type access struct {
	stored ports.AccessRepository
	cache  *Cache
}

// Access remembers what memberships give.
func (c *Cache) Access(stored ports.AccessRepository) ports.AccessRepository {
	return access{stored, c}
}

// OnProject implements ports.AccessRepository.
func (r access) OnProject(ctx context.Context, user domain.UserID, project domain.ProjectID, at time.Time) (domain.AccessLevel, error) {
	return r.cache.onProject.get(ctx, ask(user, project, at), func(ctx context.Context) (domain.AccessLevel, error) {
		return r.stored.OnProject(ctx, user, project, at)
	})
}

// OnGroup implements ports.AccessRepository.
func (r access) OnGroup(ctx context.Context, user domain.UserID, group domain.GroupID, at time.Time) (domain.AccessLevel, error) {
	return r.cache.onGroup.get(ctx, ask(user, group, at), func(ctx context.Context) (domain.AccessLevel, error) {
		return r.stored.OnGroup(ctx, user, group, at)
	})
}

// OnRunner implements ports.AccessRepository.
func (r access) OnRunner(ctx context.Context, user domain.UserID, runner domain.RunnerID, at time.Time) (domain.AccessLevel, error) {
	return r.cache.onRunner.get(ctx, ask(user, runner, at), func(ctx context.Context) (domain.AccessLevel, error) {
		return r.stored.OnRunner(ctx, user, runner, at)
	})
}

// SeesProjectIn implements ports.AccessRepository.
func (r access) SeesProjectIn(ctx context.Context, user domain.UserID, group domain.GroupID, at time.Time) (bool, error) {
	return r.cache.seesIn.get(ctx, ask(user, group, at), func(ctx context.Context) (bool, error) {
		return r.stored.SeesProjectIn(ctx, user, group, at)
	})
}
