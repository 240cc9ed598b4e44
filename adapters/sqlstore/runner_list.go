package sqlstore

import (
	"context"
	"crypto/sha256"
	"strconv"
	"strings"

	"runyard/domain"
	"runyard/ports"
)

// List implements ports.RunnerRepository, mostly with one statement. Several tags
// may need one more, and so do a page beyond the end and the runners of a user who
// maintains many projects with the same few.
func (s *Runners) List(ctx context.Context, among ports.RunnerSource, f domain.RunnerFilter, p ports.Page) ([]domain.RunnerSummary, int, error) {
	q := newRunnerQuery(s.db, among, f)
	if f.Nothing || q.empty() {
		return []domain.RunnerSummary{}, 0, nil
	}
	list := runnerListOf(among, f)
	far := s.far.known(list)
	if len(q.tags) > 1 && !far {
		if err := s.rareTagsFirst(ctx, q); err != nil {
			return nil, 0, err
		}
	}
	runners, counted, err := s.readRunners(ctx, q.page(p, far), p.Size+1)
	if err == nil && counted == uncounted {
		q = newRunnerQuery(s.db, among, f)
		q.thorough = true
		runners, counted, err = s.readRunners(ctx, q.page(p, far), p.Size+1)
	}
	switch {
	case err != nil:
		return nil, 0, err
	case p.Keyset != nil:
		if counted >= ports.CountLimit {
			s.far.counted(list, true)
		}
		return runners[:min(len(runners), p.Size)], len(runners), nil
	case far:
		return runners, ports.CountLimit, nil
	case len(runners) == 0 && p.Offset() > 0:
		// No row, so none that tells.
		if counted, err = s.count(ctx, newRunnerQuery(s.db, among, f).total()); err != nil {
			return nil, 0, err
		}
	}
	s.far.counted(list, counted >= ports.CountLimit)
	return runners, min(counted, ports.CountLimit), nil
}

// runnerList says which list of runners it is, without the moment for which it
// is asked.
type runnerList struct {
	owner                   domain.UserID
	project                 domain.ProjectID
	group                   domain.GroupID
	contacted, notContacted bool
	filter                  [sha256.Size]byte // the rest, which may be long
}

func runnerListOf(among ports.RunnerSource, f domain.RunnerFilter) runnerList {
	var rest strings.Builder
	for _, runnerType := range f.Types {
		rest.WriteString(string(runnerType) + "\x00")
	}
	if f.Active != nil {
		rest.WriteString(strconv.FormatBool(*f.Active))
	}
	for _, tag := range f.Tags {
		rest.WriteString("\x00" + tag)
	}
	rest.WriteString("\x00\x00" + f.VersionPrefix)
	return runnerList{
		owner: among.OwnedBy, project: among.UsableIn, group: among.UsableInGroup,
		contacted: !f.ContactedAfter.IsZero(), notContacted: !f.NotContactedAfter.IsZero(),
		filter: sha256.Sum256([]byte(rest.String())),
	}
}

// summaryFields are the columns of a runner r and of its contact c that lists
// show, in the order of runnerSummaryRow.fields.
const summaryFields = "r.id, r.runner_type, r.description, r.name, r.active, c.ip_address, c.contacted_at"

type runnerSummaryRow struct {
	domain.RunnerSummary
	contactedAt timestamp
}

func (row *runnerSummaryRow) fields() []any {
	return []any{
		(*int64)(&row.ID), (*string)(&row.Type), &row.Description, &row.Name, &row.Active, &row.IPAddress, &row.contactedAt,
	}
}

func (row *runnerSummaryRow) summary() domain.RunnerSummary {
	row.ContactedAt = row.contactedAt.Time
	return row.RunnerSummary
}

// readRunners reads a page, and how many runners the list has if the statement
// tells that.
func (s *Runners) readRunners(ctx context.Context, q statement, size int) (runners []domain.RunnerSummary, counted int, err error) {
	runners = make([]domain.RunnerSummary, 0, size)
	var row runnerSummaryRow
	into := append([]any{&counted}, row.fields()...)
	err = s.db.read(ctx, q, func(from scanner) error {
		if err := from.Scan(into...); err != nil {
			return err
		}
		runners = append(runners, row.summary())
		return nil
	})
	return runners, counted, err
}

func (s *Runners) count(ctx context.Context, q statement) (int, error) {
	var n int
	err := s.db.read(ctx, q, func(from scanner) error { return from.Scan(&n) })
	return n, err
}
