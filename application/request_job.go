package application

import (
	"context"
	"time"

	"runyard/domain"
	"runyard/ports"
)

// RequestJob is an agent that asks for work.
type RequestJob struct {
	RunnerCall
	LastUpdate string // what the last answer told; empty: nothing yet
	Graceful   bool   // the agent can cancel gracefully
	// Aside runs a wait for a job, which costs nothing meanwhile, or returns
	// false: then the agent does not wait. nil: every agent may.
	Aside func(wait func()) bool
}

// aside is Aside also if that is nil.
func (cmd RequestJob) aside(wait func()) bool {
	if cmd.Aside != nil {
		return cmd.Aside(wait)
	}
	wait()
	return true
}

// JobOffer is what an agent that asks for work gets.
type JobOffer struct {
	Job        *OfferedJob // nil: nothing to do
	LastUpdate string      // what to send with the next request; empty: nothing
}

// OfferedJob is a job on its way to an agent, with all that it needs there.
type OfferedJob struct {
	ports.JobDetails
	Token        domain.Secret // of the job: the only sight of it
	Revision     string        // of the project's repository, if it has one
	Variables    []domain.JobVariable
	Dependencies []OfferedDependency
}

// OfferedDependency is a job whose artifacts the offered one gets.
type OfferedDependency struct {
	Job     domain.JobID
	Name    string
	Archive *domain.Artifact // nil: it left none
}

// Request gives the agent a job, or tells it that there is none. An agent that
// knows already that there was none, and of nothing new, waits for one for a
// while; neither it nor storage is asked anything then (runner protocol,
// section 10).
//
// It takes the command by its address, like what it calls, because so many wait
// here at once: stacks would grow by what is copied.
func (a *Agents) Request(ctx context.Context, cmd *RequestJob) (JobOffer, error) {
	s, err := a.seatOf(ctx, cmd.Token)
	if err != nil {
		return JobOffer{}, err
	}
	if err := a.contactOf(ctx, s, &cmd.RunnerCall); err != nil {
		return JobOffer{}, err
	}
	if a.board.isClosed() {
		return JobOffer{}, nil
	}
	version := a.board.version(s)
	if cmd.LastUpdate == version {
		return a.hold(ctx, cmd, s, version)
	}
	job, err := a.search(ctx, s.runner, cmd)
	if err != nil || job != nil {
		return JobOffer{Job: job}, err
	}
	return JobOffer{LastUpdate: version}, nil
}

// hold waits until there may be a job for the agent, or for long enough.
func (a *Agents) hold(ctx context.Context, cmd *RequestJob, s *seat, version string) (JobOffer, error) {
	if a.limits.LongPoll == 0 {
		return JobOffer{LastUpdate: version}, ctx.Err()
	}
	// This takes less memory than a context with a deadline. It is closed, not
	// sent to: whoever gets a turn at the last moment has seen the end already,
	// and must see it again.
	end := make(chan struct{})
	timer := time.AfterFunc(a.limits.LongPoll, func() { close(end) })
	defer timer.Stop()
	a.p.telemetry().Holds(+1)
	defer a.p.telemetry().Holds(-1)
	for {
		var t turn
		ok := false
		waited := cmd.aside(func() { t, ok = a.board.await(ctx, end, s, version) })
		if !waited || !ok || a.board.isClosed() {
			return JobOffer{LastUpdate: version}, ctx.Err()
		}
		found, err := a.take(ctx, cmd, t)
		if err != nil || found.job != nil {
			return JobOffer{Job: found.job}, err
		}
		s, version = found.seat, found.version
	}
}

// found is what came of a turn.
type found struct {
	job     *OfferedJob // nil: none
	seat    *seat       // where it was looked for
	version string      // read before
}

// take uses a turn to look for a job, and passes it on if it could not.
func (a *Agents) take(ctx context.Context, cmd *RequestJob, t turn) (f found, err error) {
	looked, taken := false, domain.JobID(0)
	defer func() { a.board.settle(t, looked, taken) }()
	if err := ctx.Err(); err != nil {
		return found{}, err
	}
	if f.seat, err = a.seatOf(ctx, cmd.Token); err != nil {
		return found{}, err
	}
	f.version = a.board.version(f.seat)
	if f.job, err = a.search(ctx, f.seat.runner, cmd); err != nil {
		return found{}, err
	}
	looked = true
	if f.job != nil {
		taken = f.job.Job.ID()
	}
	return f, nil
}

// manyProjects is how many projects of a runner are kept in mind at most.
const manyProjects = 1000

// seatOf finds the runner of a token: on the board or, if need be, in storage.
func (a *Agents) seatOf(ctx context.Context, secret domain.Secret) (*seat, error) {
	if secret == "" {
		return nil, errWrongToken
	}
	token := a.p.Vault.Digest(secret)
	s, changes := a.board.find(token, a.p.Clock.Now())
	if s != nil {
		return s, s.runner.MustAccept(token, a.p.Clock.Now())
	}
	s = &seat{token: token, taken: a.p.Clock.Now()}
	var err error
	onOwnStack(func() { err = a.prepare(ctx, s, secret) })
	if err != nil {
		return nil, err
	}
	return a.board.open(s, changes), nil
}

// prepare reads what a seat knows of its runner.
func (a *Agents) prepare(ctx context.Context, s *seat, secret domain.Secret) (err error) {
	if s.runner, err = a.p.runnerOfToken(ctx, secret); err != nil {
		return err
	}
	state := s.runner.State()
	s.contacted = state.ContactedAt
	if state.Type == domain.ProjectRunner {
		s.projects, err = a.projectsOf(ctx, s.runner)
	}
	return err
}

// projectsOf is the set of projects that the runner is assigned to; nil if they
// are too many to keep in mind.
func (a *Agents) projectsOf(ctx context.Context, r *domain.Runner) (map[domain.ProjectID]bool, error) {
	ids, err := a.p.Runners.AssignedTo(ctx, r.ID(), manyProjects+1)
	if err != nil || len(ids) > manyProjects {
		return nil, err
	}
	projects := make(map[domain.ProjectID]bool, len(ids))
	for _, id := range ids {
		projects[id] = true
	}
	return projects, nil
}
