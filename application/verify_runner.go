package application

import (
	"context"
	"time"

	"runyard/domain"
)

// RunnerCall is a call that an agent makes for itself, with its own token.
type RunnerCall struct {
	Token     domain.Secret
	IPAddress string
	Metadata  domain.RunnerMetadata // nil fields leave what is known
	SystemID  domain.SystemID       // blank: the agent is too old to have one
}

// contact is the sign of life that the call is.
func (c RunnerCall) contact(now time.Time) domain.RunnerContact {
	return domain.RunnerContact{At: now, IPAddress: c.IPAddress, Metadata: c.Metadata, SystemID: c.SystemID}
}

// VerifiedRunner is what an agent learns about its own token.
type VerifiedRunner struct {
	ID             domain.RunnerID
	TokenExpiresAt time.Time // zero: never
}

// Verify tells the agent which runner its token belongs to, and counts as a
// contact (Runners API reference 4.14). What is new in it is stored at once; that
// the machine still lives, like with requests for jobs, at most once a minute
// (3.8). Like there, storage is not asked each time what the token stands for.
func (a *Agents) Verify(ctx context.Context, call RunnerCall) (VerifiedRunner, error) {
	s, err := a.seatOf(ctx, call.Token)
	if err != nil {
		return VerifiedRunner{}, err
	}
	if err := a.newsOf(ctx, s, &call); err != nil {
		return VerifiedRunner{}, err
	}
	return VerifiedRunner{ID: s.runner.ID(), TokenExpiresAt: s.runner.State().TokenExpiresAt}, nil
}

// contact finds the runner of a token and stores the sign of life at once.
func (p Ports) contact(ctx context.Context, call RunnerCall) (*domain.Runner, error) {
	runner, err := p.runnerOfToken(ctx, call.Token)
	if err != nil {
		return nil, err
	}
	contact := call.contact(p.Clock.Now())
	if err := contact.Check(); err != nil {
		return nil, err
	}
	if err := p.Runners.RecordContact(ctx, runner.ID(), contact); err != nil {
		return nil, wrongToken(err)
	}
	return runner, nil
}

// runnerOfToken finds the runner of a token that is good.
func (p Ports) runnerOfToken(ctx context.Context, token domain.Secret) (*domain.Runner, error) {
	if token == "" {
		return nil, errWrongToken
	}
	digest := p.Vault.Digest(token)
	runner, err := p.Runners.FindByToken(ctx, digest)
	if err != nil {
		return nil, wrongToken(err)
	}
	return runner, runner.MustAccept(digest, p.Clock.Now())
}

// errWrongToken refuses an agent whose token stands for nothing.
var errWrongToken = domain.Forbidden("")

// wrongToken says so where what a token stands for is not there: not any more,
// if it was deleted a moment ago.
func wrongToken(err error) error {
	if domain.IsNotFound(err) {
		return errWrongToken
	}
	return err
}
