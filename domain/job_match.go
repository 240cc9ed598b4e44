package domain

import "slices"

// Refusal says why a runner does not get a job. Empty: it may have it.
type Refusal string

// The refusals, in the order in which they are looked for (runner protocol,
// section 8).
const (
	NotRefused              Refusal = ""
	RefusedNotPending       Refusal = "the job does not wait for a runner"
	RefusedPaused           Refusal = "the runner is paused"
	RefusedSharedRunnersOff Refusal = "the project takes no instance runners"
	RefusedOutsideGroup     Refusal = "the project is not below the runner's group"
	RefusedGroupRunnersOff  Refusal = "the project takes no group runners"
	RefusedNotAssigned      Refusal = "the runner is not assigned to the project"
	RefusedUnprotectedRef   Refusal = "the runner takes jobs of protected refs only"
	RefusedUntagged         Refusal = "the runner takes no jobs without tags"
	RefusedTags             Refusal = "the runner lacks a tag of the job"
)

// QueuedJob is what the match must know of a job and of where it lives.
type QueuedJob struct {
	Job                  JobID
	Project              ProjectID
	Groups               []GroupID // the groups above the project
	Status               JobStatus
	Tags                 Tags
	Protected            bool
	SharedRunnersEnabled bool // of the project
	GroupRunnersEnabled  bool // of the project
}

// Refuses tells why the runner does not get the job. assigned says whether a
// project runner is assigned to the job's project; it means nothing to others.
// It is the specification of what adapters do in their own language.
func (r *Runner) Refuses(j QueuedJob, assigned bool) Refusal {
	switch {
	case j.Status != JobPending:
		return RefusedNotPending
	case !r.s.Active:
		return RefusedPaused
	}
	if refusal := r.refusesPlace(j, assigned); refusal != NotRefused {
		return refusal
	}
	switch {
	case r.s.AccessLevel == RefProtected && !j.Protected:
		return RefusedUnprotectedRef
	case len(j.Tags) == 0 && !r.s.RunUntagged:
		return RefusedUntagged
	case !r.s.Tags.Include(j.Tags):
		return RefusedTags
	}
	return NotRefused
}

func (r *Runner) refusesPlace(j QueuedJob, assigned bool) Refusal {
	switch r.s.Type {
	case InstanceRunner:
		if !j.SharedRunnersEnabled {
			return RefusedSharedRunnersOff
		}
	case GroupRunner:
		if !slices.Contains(j.Groups, r.s.Group) {
			return RefusedOutsideGroup
		}
		if !j.GroupRunnersEnabled {
			return RefusedGroupRunnersOff
		}
	case ProjectRunner:
		if !assigned {
			return RefusedNotAssigned
		}
	}
	return NotRefused
}
