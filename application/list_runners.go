package application

import (
	"context"
	"time"

	"runyard/domain"
	"runyard/ports"
)

// RunnerQuery selects runners of a list: everything given must hold.
type RunnerQuery struct {
	Selectors     []domain.RunnerSelector // values of scope, type and status
	Paused        *bool                   // nil: paused or not
	Tags          domain.Tags             // all of these; nil: any; empty: no runner
	VersionPrefix string                  // empty: any version
	Page          ports.Page
}

// filter is the query at that moment.
func (q RunnerQuery) filter(now time.Time) domain.RunnerFilter {
	f := domain.RunnerFilter{VersionPrefix: q.VersionPrefix}
	for _, selector := range q.Selectors {
		f.Select(selector, now)
	}
	if q.Paused != nil {
		f.SelectActive(!*q.Paused)
	}
	if q.Tags != nil {
		f.SelectTags(q.Tags)
	}
	return f
}

// RunnerList is one page of runners.
type RunnerList struct {
	Runners []domain.RunnerSummary
	Total   int       // up to ports.CountLimit
	At      time.Time // the moment for which status and online are meant
}

func (p Ports) listRunners(ctx context.Context, among ports.RunnerSource, q RunnerQuery, now time.Time) (RunnerList, error) {
	runners, total, err := p.Runners.List(ctx, among, q.filter(now), q.Page)
	return RunnerList{Runners: runners, Total: total, At: now}, err
}

// ListOwned lists the runners that the actor's memberships make their own;
// being an administrator adds none (Runners API reference 4.1).
func (s *Runners) ListOwned(ctx context.Context, actor domain.Actor, q RunnerQuery) (RunnerList, error) {
	now := s.p.Clock.Now()
	return s.p.listRunners(ctx, ports.RunnerSource{OwnedBy: actor.User, At: now}, q, now)
}

// ListAll lists all runners to an administrator (reference 4.2).
func (s *Runners) ListAll(ctx context.Context, actor domain.Actor, q RunnerQuery) (RunnerList, error) {
	if err := actor.MustBeAdmin(); err != nil {
		return RunnerList{}, err
	}
	return s.p.listRunners(ctx, ports.RunnerSource{}, q, s.p.Clock.Now())
}
