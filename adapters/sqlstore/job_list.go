package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"runyard/domain"
	"runyard/ports"
)

// jobList says which list of jobs it is.
type jobList struct {
	runner   domain.RunnerID
	project  domain.ProjectID
	statuses string
}

// listedJobRow is a job on a page, beside which it stands how many there are.
type listedJobRow struct {
	jobRow `bun:",extend"`

	Counted int `bun:"counted,scanonly"`
}

// List implements ports.JobRepository, with one statement unless the page is
// beyond the end.
func (s *Jobs) List(ctx context.Context, q ports.JobQuery, p ports.Page) ([]ports.JobDetails, int, error) {
	if q.Statuses != nil && len(q.Statuses) == 0 {
		return []ports.JobDetails{}, 0, nil
	}
	list := jobList{q.Runner, q.Project, fmt.Sprint(q.Statuses)}
	far := s.far.known(list)
	rows, err := s.readPage(ctx, q, p, far)
	if err != nil {
		return nil, 0, err
	}
	jobs := make([]ports.JobDetails, len(rows))
	for i, row := range rows {
		jobs[i] = row.details()
	}
	switch {
	case p.Keyset != nil:
		return jobs[:min(len(jobs), p.Size)], len(jobs), nil
	case far:
		return jobs, ports.CountLimit, nil
	}
	counted := 0
	if len(rows) > 0 {
		counted = rows[0].Counted
	} else if p.Offset() > 0 {
		if counted, err = s.count(ctx, q); err != nil {
			return nil, 0, err
		}
	}
	s.far.counted(list, counted >= ports.CountLimit)
	return jobs, min(counted, ports.CountLimit), nil
}

func (s *Jobs) readPage(ctx context.Context, q ports.JobQuery, p ports.Page, far bool) ([]*listedJobRow, error) {
	direction := descending
	if q.Ascending {
		direction = ascending
	}
	var args arguments
	jobs := jobsMatching(q, &args)
	w := extentOf(&args, p, direction)
	counted := "0"
	if !far && p.Keyset == nil {
		counted = w.counted(jobs.gathering())
	}
	var rows []*listedJobRow
	page := jobColumns(s.db.bun.NewSelect().Model(&rows)).
		With("page", s.db.bun.NewRaw(jobs.walk(w))).
		ColumnExpr(counted + " AS counted").
		Where("j.id IN (SELECT page.id FROM page)").
		OrderExpr("j.id " + w.direction)
	err := s.db.oftenInto(ctx, s.db.bun.DB, page, args...)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return rows, err
}

// jobsMatching selects the jobs of the list.
func jobsMatching(q ports.JobQuery, args *arguments) way {
	w := way{id: "j.id", tables: "jobs AS j"}
	if q.Runner != 0 {
		w.where = append(w.where, "j.runner_id = "+args.add(int64(q.Runner)))
	}
	if q.Project != 0 {
		w.where = append(w.where, "j.project_id = "+args.add(int64(q.Project)))
	}
	if q.Statuses != nil {
		places := make([]string, len(q.Statuses))
		for i, status := range q.Statuses {
			places[i] = args.add(string(status))
		}
		w.where = append(w.where, "j.status IN ("+strings.Join(places, ", ")+")")
	}
	return w
}

func (s *Jobs) count(ctx context.Context, q ports.JobQuery) (int, error) {
	var args arguments
	text := "SELECT count(*) FROM (" + jobsMatching(q, &args).gathering() + ") AS matching"
	var n int
	err := s.db.read(ctx, statement{text: text, args: args}, func(row scanner) error { return row.Scan(&n) })
	return n, err
}
