package sqlstore

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/uptrace/bun"

	"runyard/domain"
)

// runnerRow is a runner in the table. Its tags stand in it, so that reading a
// runner is reading one row; runner_tags only serves searches.
type runnerRow struct {
	bun.BaseModel `bun:"table:runners,alias:r"`

	ID              domain.RunnerID          `bun:"id,pk,autoincrement"`
	Type            domain.RunnerType        `bun:"runner_type"`
	GroupID         domain.GroupID           `bun:"group_id,nullzero"`
	Token           domain.Digest            `bun:"token_digest,nullzero"`
	TokenExpiresAt  timestamp                `bun:"token_expires_at"`
	MadeByUser      bool                     `bun:"made_by_user"`
	Description     *string                  `bun:"description"`
	Name            *string                  `bun:"name"`
	Active          bool                     `bun:"active"`
	Locked          bool                     `bun:"locked"`
	RunUntagged     bool                     `bun:"run_untagged"`
	AccessLevel     domain.RunnerAccessLevel `bun:"access_level"`
	MaximumTimeout  *int64                   `bun:"maximum_timeout"`
	MaintenanceNote *string                  `bun:"maintenance_note"`
	Tags            jsonText[domain.Tags]    `bun:"tag_list"`
	CreatedAt       timestamp                `bun:"created_at"`
	UpdatedAt       timestamp                `bun:"updated_at"`

	ProjectCount int               `bun:"project_count,scanonly"`
	Contact      *runnerContactRow `bun:"rel:has-one,join:id=runner_id"`
}

// runnerContactRow is what the agent of a runner said last, if it ever said
// anything. It is a row of its own, so that a sign of life does not wait for
// the lock of somebody who changes the runner.
type runnerContactRow struct {
	bun.BaseModel `bun:"table:runner_contacts,alias:c"`

	RunnerID     domain.RunnerID `bun:"runner_id,pk"`
	ContactedAt  timestamp       `bun:"contacted_at"`
	IPAddress    *string         `bun:"ip_address"`
	Version      *string         `bun:"version"`
	Revision     *string         `bun:"revision"`
	Platform     *string         `bun:"platform"`
	Architecture *string         `bun:"architecture"`
}

// projectCount counts the projects of the runner with the id ?0 no further than
// the domain asks (?1): a runner may have ten thousand.
const projectCount = `(SELECT count(*) FROM (SELECT 1 FROM runner_projects AS link WHERE link.runner_id = ?0 LIMIT ?1) AS counted)`

// runnerColumns selects all that a runnerRow holds.
func runnerColumns(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr("r.*").Relation("Contact").
		ColumnExpr(projectCount+" AS project_count", bun.Ident("r.id"), domain.SeveralProjects)
}

func runnerRowOf(r *domain.Runner) *runnerRow {
	s := r.State()
	return &runnerRow{
		ID: s.ID, Type: s.Type, GroupID: s.Group, Token: s.Token, TokenExpiresAt: timestamp{s.TokenExpiresAt},
		MadeByUser: s.MadeByUser, Description: s.Description, Name: s.Name,
		Active: s.Active, Locked: s.Locked, RunUntagged: s.RunUntagged, AccessLevel: s.AccessLevel,
		MaximumTimeout: s.MaximumTimeout, MaintenanceNote: s.MaintenanceNote, Tags: jsonText[domain.Tags]{s.Tags},
		CreatedAt: timestamp{s.CreatedAt}, UpdatedAt: timestamp{s.UpdatedAt}, ProjectCount: s.ProjectCount,
		Contact: &runnerContactRow{
			RunnerID: s.ID, ContactedAt: timestamp{s.ContactedAt}, IPAddress: s.IPAddress,
			Version: s.Version, Revision: s.Revision, Platform: s.Platform, Architecture: s.Architecture,
		},
	}
}

func (row *runnerRow) runner() *domain.Runner {
	contact := row.Contact
	if contact == nil {
		contact = new(runnerContactRow)
	}
	return domain.RestoreRunner(domain.RunnerState{
		ID: row.ID, Type: row.Type, Group: row.GroupID, Token: row.Token, TokenExpiresAt: row.TokenExpiresAt.Time,
		MadeByUser: row.MadeByUser, Description: row.Description, Name: row.Name,
		Active: row.Active, Locked: row.Locked, RunUntagged: row.RunUntagged, AccessLevel: row.AccessLevel,
		MaximumTimeout: row.MaximumTimeout, MaintenanceNote: row.MaintenanceNote, Tags: row.Tags.value,
		ProjectCount: row.ProjectCount,
		RunnerMetadata: domain.RunnerMetadata{
			Version: contact.Version, Revision: contact.Revision,
			Platform: contact.Platform, Architecture: contact.Architecture,
		},
		IPAddress: contact.IPAddress, ContactedAt: contact.ContactedAt.Time, CreatedAt: row.CreatedAt.Time,
		UpdatedAt: row.UpdatedAt.Time,
	})
}

// runnerTagRow is one tag of a runner in the search index.
type runnerTagRow struct {
	bun.BaseModel `bun:"table:runner_tags"`

	Tag    string          `bun:"tag_key"`
	Runner domain.RunnerID `bun:"runner_id"`
}

// longestIndexedTag is the length in bytes up to which a tag is its own key.
// PostgreSQL refuses index entries of more than some 2,700 bytes.
const longestIndexedTag = 255

// tagKey is how a tag is found in the search index.
func tagKey(tag string) string {
	if len(tag) <= longestIndexedTag {
		return tag
	}
	digest := sha256.Sum256([]byte(tag))
	return "sha256:" + hex.EncodeToString(digest[:])
}

// tagKeys are the keys of the tags, each once.
func tagKeys(tags domain.Tags) []string {
	keys := make([]string, 0, len(tags))
	seen := make(map[string]bool, len(tags))
	for _, tag := range tags {
		if key := tagKey(tag); !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	return keys
}

// runnerProjectRow is the link between a runner and a project.
type runnerProjectRow struct {
	bun.BaseModel `bun:"table:runner_projects"`

	Runner    domain.RunnerID  `bun:"runner_id"`
	Project   domain.ProjectID `bun:"project_id"`
	CreatedAt timestamp        `bun:"created_at"`
}
