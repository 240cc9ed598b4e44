package application

import (
	"context"

	"runyard/domain"
)

// RunnerCall is a call that an agent makes for itself, with its own token.
type RunnerCall struct {
	Token     domain.Secret
	IPAddress string
	Metadata  domain.RunnerMetadata // nil fields leave what is known
}

// Verify tells the agent which runner its token belongs to, and counts as a
// contact (Runners API reference 4.14).
func (s *Runners) Verify(ctx context.Context, call RunnerCall) (domain.RunnerID, error) {
	runner, err := s.contact(ctx, call)
	if err != nil {
		return 0, err
	}
	return runner.ID(), nil
}

// contact finds the runner of a token and records the sign of life.
func (s *Runners) contact(ctx context.Context, call RunnerCall) (*domain.Runner, error) {
	if call.Token == "" {
		return nil, errWrongToken
	}
	runner, err := s.p.Runners.FindByToken(ctx, s.p.Vault.Digest(call.Token))
	if err != nil {
		return nil, wrongToken(err)
	}
	err = s.p.Runners.RecordContact(ctx, runner.ID(), domain.RunnerContact{
		At: s.p.Clock.Now(), IPAddress: call.IPAddress, Metadata: call.Metadata,
	})
	if err != nil {
		return nil, wrongToken(err)
	}
	return runner, nil
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
