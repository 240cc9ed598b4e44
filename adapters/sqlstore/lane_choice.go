package sqlstore

import (
	"slices"

	"runyard/domain"
)

// suitedKinds are those whose jobs a runner takes, wherever they are, as long as
// the runner is like this.
type suitedKinds struct {
	runner domain.RunnerState
	kinds  []*laneKind
}

// first is the lane from which the runner takes its next job; nil: none has one.
// assigned are the projects of a project runner.
func (x *laneIndex) first(runner *domain.Runner, assigned []domain.ProjectID) *lane {
	r := runner.State()
	if r.Type == domain.GroupRunner {
		x.openGroup(r.Group)
	}
	var first *lane
	consider := func(l *lane) {
		if l != nil && (first == nil || l.comesBefore(first, r.Type.Shared())) {
			first = l
		}
	}
	for _, kind := range x.kindsFor(runner, r) {
		switch r.Type {
		case domain.InstanceRunner:
			consider(kind.all.first())
		case domain.GroupRunner:
			consider(kind.below[r.Group].first())
		case domain.ProjectRunner:
			for _, project := range assigned {
				consider(kind.lanes[project])
			}
		}
	}
	return first
}

// kindsFor are the kinds whose jobs the runner takes, wherever they are.
func (x *laneIndex) kindsFor(runner *domain.Runner, r domain.RunnerState) []*laneKind {
	if known, ok := x.suited[r.ID]; ok && sameMatch(known.runner, r) {
		return known.kinds
	}
	suited := suitedKinds{runner: r}
	for _, kind := range x.kinds {
		if takesKind(runner, kind.tags, kind.protected) {
			suited.kinds = append(suited.kinds, kind)
		}
	}
	if len(x.suited) >= knownRunners {
		clear(x.suited)
	}
	x.suited[r.ID] = suited
	return suited.kinds
}

// sameMatch tells whether a runner would take the same kinds as before.
func sameMatch(before, now domain.RunnerState) bool {
	return before.Active == now.Active && before.RunUntagged == now.RunUntagged && before.AccessLevel == now.AccessLevel &&
		slices.Equal(before.Tags, now.Tags)
}

// takesKind lets the domain say whether the runner takes jobs with these tags
// and protection, wherever they are.
func takesKind(runner *domain.Runner, tags domain.Tags, protected bool) bool {
	return runner.Refuses(domain.QueuedJob{
		Status: domain.JobPending, Tags: tags, Protected: protected,
		Groups: []domain.GroupID{runner.State().Group}, SharedRunnersEnabled: true, GroupRunnersEnabled: true,
	}, true) == domain.NotRefused
}
