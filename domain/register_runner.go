package domain

import "time"

// RunnerRegistration is what an agent asks for when it registers, or a user who
// makes a runner for agents to come. Nil, and a text of white space, mean the default (Runners API reference 3.4).
type RunnerRegistration struct {
	Token           Digest    // of the new runner's authentication token
	TokenExpiresAt  time.Time // zero: never
	MadeByUser      bool      // a user makes it, so that there is no agent yet
	Description     *string
	Name            *string
	Active          *bool              // default true
	Locked          *bool              // default false
	RunUntagged     *bool              // default true
	AccessLevel     *RunnerAccessLevel // default not protected
	MaximumTimeout  *int64             // seconds; default none
	MaintenanceNote *string
	Tags            Tags
	Metadata        RunnerMetadata
	IPAddress       string // of the agent; not looked at if a user makes the runner
}

// NewRunner is the only way to a new runner; the rules of creation are here.
// The runner has made no contact yet: registering is none.
func NewRunner(spec RunnerRegistration, scope RunnerScope, now time.Time) (*Runner, error) {
	s := RunnerState{
		Type: scope.Type, Group: scope.Group, Token: spec.Token,
		TokenExpiresAt: spec.TokenExpiresAt, MadeByUser: spec.MadeByUser,
		Description: unlessBlank(spec.Description), Name: unlessBlank(spec.Name),
		Active: true, RunUntagged: true, AccessLevel: NotProtected,
		MaximumTimeout: spec.MaximumTimeout, MaintenanceNote: unlessBlank(spec.MaintenanceNote),
		Tags: NewTags(spec.Tags), CreatedAt: now, UpdatedAt: now,
	}
	if !spec.MadeByUser {
		s.IPAddress = &spec.IPAddress
	}
	s.learn(spec.Metadata)
	if scope.Type == ProjectRunner {
		s.ProjectCount = 1
	}
	if spec.Active != nil {
		s.Active = *spec.Active
	}
	if spec.Locked != nil {
		s.Locked = *spec.Locked
	}
	if spec.RunUntagged != nil {
		s.RunUntagged = *spec.RunUntagged
	}
	if spec.AccessLevel != nil {
		s.AccessLevel = *spec.AccessLevel
	}
	r := &Runner{s: s}
	if err := r.validate(true); err != nil {
		return nil, err
	}
	return r, nil
}
