package domain

import (
	"slices"
	"strings"
	"time"
)

// RunnerSelector is one value of the parameters scope, type and status, which
// may mix freely (Runners API reference 3.3).
type RunnerSelector string

// The selectors, as the wire spells them.
const (
	SelectActive   RunnerSelector = "active"
	SelectPaused   RunnerSelector = "paused"
	SelectOnline   RunnerSelector = "online"
	SelectOffline  RunnerSelector = "offline"
	SelectInstance RunnerSelector = "instance_type"
	SelectGroup    RunnerSelector = "group_type"
	SelectProject  RunnerSelector = "project_type"
	SelectShared   RunnerSelector = "shared"
	SelectSpecific RunnerSelector = "specific"
)

// RunnerFilter selects runners by facts, not by the derived status: all its
// parts must hold. The zero filter selects every runner.
type RunnerFilter struct {
	Nothing bool         // parts contradict each other: no runner is selected
	Types   []RunnerType // any of these; nil: any type
	Active  *bool        // nil: paused or not
	// ContactedAfter selects runners whose last contact is later; zero: all.
	ContactedAfter time.Time
	// NotContactedAfter selects runners whose last contact is not later, those
	// that never made one included; zero: all.
	NotContactedAfter time.Time
	Tags              Tags   // all of these; nil: any tags
	VersionPrefix     string // the agent's version begins so; empty: any version
}

// Select narrows the filter by one selector.
func (f *RunnerFilter) Select(by RunnerSelector, now time.Time) {
	switch by {
	case SelectActive:
		f.SelectActive(true)
	case SelectPaused:
		f.SelectActive(false)
	case SelectOnline:
		f.ContactedAfter = onlineLimit(now)
	case SelectOffline:
		f.NotContactedAfter = onlineLimit(now)
	case SelectInstance, SelectShared:
		f.selectTypes(InstanceRunner)
	case SelectGroup:
		f.selectTypes(GroupRunner)
	case SelectProject:
		f.selectTypes(ProjectRunner)
	case SelectSpecific:
		f.selectTypes(ProjectRunner, GroupRunner)
	}
}

// SelectActive narrows the filter to runners that are active, or paused.
func (f *RunnerFilter) SelectActive(active bool) {
	if f.Active != nil && *f.Active != active {
		f.Nothing = true
	}
	f.Active = &active
}

// SelectTags narrows the filter to runners that carry all of the tags. An
// empty list is a wish that nobody fulfils, and so is one of more tags than a
// runner may have: it selects nothing.
func (f *RunnerFilter) SelectTags(tags Tags) {
	if len(tags) == 0 || len(tags) > maxRunnerTags {
		f.Nothing = true
	}
	f.Tags = tags
}

func (f *RunnerFilter) selectTypes(types ...RunnerType) {
	if f.Types != nil {
		types = slices.DeleteFunc(types, func(t RunnerType) bool { return !slices.Contains(f.Types, t) })
	}
	f.Types = types
	if len(types) == 0 {
		f.Nothing = true
	}
}

// Matches tells whether the filter selects the runner. It is the specification
// of what adapters do in their own language.
func (f RunnerFilter) Matches(r *Runner) bool {
	s := r.s
	switch {
	case f.Nothing:
		return false
	case f.Types != nil && !slices.Contains(f.Types, s.Type):
		return false
	case f.Active != nil && s.Active != *f.Active:
		return false
	case !f.ContactedAfter.IsZero() && !s.ContactedAt.After(f.ContactedAfter):
		return false
	case !f.NotContactedAfter.IsZero() && s.ContactedAt.After(f.NotContactedAfter):
		return false
	case f.VersionPrefix != "" && (s.Version == nil || !strings.HasPrefix(*s.Version, f.VersionPrefix)):
		return false
	}
	return s.Tags.Include(f.Tags)
}
