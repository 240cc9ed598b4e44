package sqlstore

import (
	"context"
	"fmt"

	"runyard/domain"
)

// runnerFields are the columns of a runner r and of what its agent said last, c.
// They come in the order of runnerRow.fields. NULL is what its Go type has as
// zero.
var runnerFields = fmt.Sprintf(`r.id, r.runner_type, COALESCE(r.group_id, 0), COALESCE(r.token_digest, ''),
	r.token_expires_at, r.made_by_user, r.description, r.name, r.active, r.locked, r.run_untagged, r.access_level,
	r.maximum_timeout, r.maintenance_note, r.tag_list, r.created_at, r.updated_at,
	CASE WHEN r.runner_type = 'project_type' THEN (SELECT count(*) FROM (
		SELECT 1 FROM runner_projects AS link WHERE link.runner_id = r.id LIMIT %d) AS counted) ELSE 0 END,
	c.contacted_at, c.ip_address, c.version, c.revision, c.platform, c.architecture`, domain.SeveralProjects)

// runnerTables are where they come from; a condition can be appended.
const runnerTables = ` FROM runners AS r LEFT JOIN runner_contacts AS c ON c.runner_id = r.id `

// fields are where runnerFields go to.
func (row *runnerRow) fields() []any {
	row.Contact = new(runnerContactRow)
	c := row.Contact
	return []any{
		(*int64)(&row.ID), (*string)(&row.Type), (*int64)(&row.GroupID), (*string)(&row.Token),
		&row.TokenExpiresAt, &row.MadeByUser, &row.Description, &row.Name, &row.Active, &row.Locked, &row.RunUntagged, (*string)(&row.AccessLevel),
		&row.MaximumTimeout, &row.MaintenanceNote, &row.Tags, &row.CreatedAt, &row.UpdatedAt,
		&row.ProjectCount,
		&c.ContactedAt, &c.IPAddress, &c.Version, &c.Revision, &c.Platform, &c.Architecture,
	}
}

var (
	runnerByID    = "SELECT " + runnerFields + runnerTables + "WHERE r.id = $1"
	runnerByToken = "SELECT " + runnerFields + runnerTables + "WHERE r.token_digest = $1"
)

// readRunner reads the one runner that the text selects by its argument.
func (s *Runners) readRunner(ctx context.Context, text string, by any, resource string) (*domain.Runner, error) {
	row := new(runnerRow)
	if err := s.db.readOne(ctx, text, by, resource, row.fields()); err != nil {
		return nil, err
	}
	return row.runner(), nil
}
