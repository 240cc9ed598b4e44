package sqlstore

import (
	"context"
	"errors"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// Claim implements ports.JobRepository.
func (s *Jobs) Claim(ctx context.Context, runner *domain.Runner, take func(j *domain.Job) error) (ports.JobDetails, bool, error) {
	claim := s.claimOnSQLite
	if s.db.claims != nil {
		claim = s.db.claims.claim
	}
	details, ok, err := claim(ctx, runner, take)
	return details, ok, missing(ctx, s.db, err, reference{"runners", int64(runner.ID()), "Runner"})
}

// claimOnSQLite finds out with one statement if no waiting job has the right
// tags.
func (s *Jobs) claimOnSQLite(ctx context.Context, runner *domain.Runner, take func(j *domain.Job) error) (ports.JobDetails, bool, error) {
	sets, err := s.waitingTagSets(ctx)
	if err != nil {
		return ports.JobDetails{}, false, err
	}
	wanted := wantedBy(runner, sets)
	if len(wanted.tagKeys) == 0 {
		return ports.JobDetails{}, false, nil
	}
	var details ports.JobDetails
	err = s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		id, err := sqliteCandidate(ctx, tx, runner, wanted)
		if err != nil {
			return err
		}
		details, err = s.handOver(ctx, tx, id, take)
		return err
	})
	switch {
	case errors.Is(err, errNoCandidate):
		return ports.JobDetails{}, false, nil
	case err != nil:
		return ports.JobDetails{}, false, err
	}
	details.Runner = domain.RestoreRunner(runner.State())
	return details, true, nil
}

// errNoCandidate ends a claim that finds nothing.
var errNoCandidate = errors.New("no job for the runner")

// handOver runs take on a job whose lock is held, and stores the result.
func (s *Jobs) handOver(ctx context.Context, tx bun.Tx, id domain.JobID, take func(j *domain.Job) error) (ports.JobDetails, error) {
	before := new(jobRow)
	q := jobSurroundings(tx.NewSelect().Model(before)).Where("j.id = $1")
	if err := s.db.oftenInto(ctx, tx.Tx, q, int64(id)); err != nil {
		return ports.JobDetails{}, err
	}
	details := before.details()
	if err := take(details.Job); err != nil {
		return ports.JobDetails{}, err
	}
	after := jobRowOf(details.Job)
	if after.Status != domain.JobRunning {
		return ports.JobDetails{}, errNotHandedOver
	}
	after.ID, after.ProjectID, after.PipelineID = before.ID, before.ProjectID, before.PipelineID
	start := after.StartedAt.Time
	if details.Pipeline.Status != domain.JobRunning {
		details.Pipeline.Status, details.Pipeline.UpdatedAt = domain.JobRunning, start
	}
	return details, inOneGo(ctx, tx, append(jobWrites(tx, before, after), pipelineStart(tx, after.PipelineID, start)))
}
