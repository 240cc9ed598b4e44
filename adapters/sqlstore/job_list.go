package sqlstore

import (
	"context"
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

// List implements ports.JobRepository, with one statement unless the page is
// beyond the end.
func (s *Jobs) List(ctx context.Context, q ports.JobQuery, p ports.Page) ([]ports.ListedJob, int, error) {
	if q.Statuses != nil && len(q.Statuses) == 0 {
		return []ports.ListedJob{}, 0, nil
	}
	list := jobList{q.Runner, q.Project, fmt.Sprint(q.Statuses)}
	far := s.far.known(list)
	jobs, counted, err := s.readPage(ctx, jobPage(q, p, far), p.Size+1)
	if err != nil {
		return nil, 0, err
	}
	switch {
	case p.Keyset != nil:
		return jobs[:min(len(jobs), p.Size)], len(jobs), nil
	case far:
		return jobs, ports.CountLimit, nil
	}
	if len(jobs) == 0 && p.Offset() > 0 {
		// No row, so none that tells.
		if counted, err = s.count(ctx, q); err != nil {
			return nil, 0, err
		}
	}
	s.far.counted(list, counted >= ports.CountLimit)
	return jobs, min(counted, ports.CountLimit), nil
}

// jobPage is the statement of a page: how many jobs there are, and the fields of
// each of the page. A far list is not counted again.
func jobPage(q ports.JobQuery, p ports.Page, far bool) statement {
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
	return statement{args: args, text: fmt.Sprintf(`WITH page AS MATERIALIZED (%s) SELECT %s, %s
		FROM page JOIN jobs AS j ON j.id = page.id %s ORDER BY page.id %s`,
		jobs.walk(w), counted, listedJobFields, listedJobTables, w.direction)}
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
