package floor

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// onlineWindow is how long after its last contact a runner is online.
const onlineWindow = 2 * time.Hour

// runner is the runner of a list.
type runner struct {
	ID          int64   `json:"id"`
	Description *string `json:"description"`
	IPAddress   *string `json:"ip_address"`
	Active      bool    `json:"active"`
	Paused      bool    `json:"paused"`
	IsShared    bool    `json:"is_shared"`
	RunnerType  string  `json:"runner_type"`
	Name        *string `json:"name"`
	Online      *bool   `json:"online"`
	Status      string  `json:"status"`
}

const runnerColumns = "r.id, r.description, c.ip_address, r.active, r.runner_type, r.name, c.contacted_at"

const contacts = " LEFT JOIN runner_contacts AS c ON c.runner_id = r.id"

// into is where the columns go.
func (v *runner) into(contacted *moment) []any {
	return []any{&v.ID, &v.Description, &v.IPAddress, &v.Active, &v.RunnerType, &v.Name, contacted}
}

// complete derives what is not stored.
func (v *runner) complete(contacted moment, now time.Time) {
	v.Paused, v.IsShared = !v.Active, v.RunnerType == "instance_type"
	if contacted.IsZero() {
		v.Status = "not_connected"
		return
	}
	online := contacted.After(now.Add(-onlineWindow))
	v.Online = &online
	switch {
	case v.Paused:
		v.Status = "paused"
	case online:
		v.Status = "online"
	default:
		v.Status = "offline"
	}
}

func (s *server) runners(ctx context.Context, statement string, args ...any) ([]runner, error) {
	list, now := make([]runner, 0, 20), time.Now()
	err := s.db.query(ctx, statement, func(scan func(...any) error) error {
		var v runner
		var contacted moment
		if err := scan(v.into(&contacted)...); err != nil {
			return err
		}
		v.complete(contacted, now)
		list = append(list, v)
		return nil
	}, args...)
	return list, err
}

// condition is a WHERE that grows.
type condition struct {
	joins, where strings.Builder
	args         []any
}

func (c *condition) arg(value any) string {
	c.args = append(c.args, value)
	return "$" + strconv.Itoa(len(c.args))
}

func (c *condition) and(term string) {
	if c.where.Len() == 0 {
		c.where.WriteString(" WHERE ")
	} else {
		c.where.WriteString(" AND ")
	}
	c.where.WriteString(term)
}

// allRunners counts what the filter selects, and reads a page of it: by number,
// or what comes after an id, whose order needs no count.
func (s *server) allRunners(r *http.Request) (any, string, error) {
	q, c := r.URL.Query(), new(condition)
	var contacted bool
	online := func(holds string) {
		contacted = true
		c.and("(c.contacted_at > " + c.arg(s.db.moment(time.Now().Add(-onlineWindow))) + ") IS " + holds)
	}
	if kind := q.Get("type"); kind != "" {
		c.and("r.runner_type = " + c.arg(kind))
	}
	if q.Get("paused") == "true" {
		c.and("r.active = FALSE")
	}
	switch q.Get("status") {
	case "active":
		c.and("r.active = TRUE")
	case "online":
		online("TRUE")
	case "offline":
		online("NOT TRUE")
	}
	if tags := q.Get("tag_list"); tags != "" {
		for i, tag := range strings.Split(tags, ",") {
			as := "t" + strconv.Itoa(i)
			c.joins.WriteString(" JOIN runner_tags AS " + as + " ON " + as + ".runner_id = r.id AND " + as + ".tag_key = " + c.arg(tag))
		}
	}
	counted, args := "SELECT 1 FROM runners AS r"+c.joins.String(), c.args
	if contacted {
		counted += contacts
	}
	counted += c.where.String()
	after := q.Get("id_after")
	total := ""
	if after == "" {
		var err error
		if total, err = s.total(r.Context(), counted, args...); err != nil {
			return nil, "", err
		}
	} else {
		id, err := strconv.ParseInt(after, 10, 64)
		if err != nil {
			return nil, "", err
		}
		c.and("r.id > " + c.arg(id))
	}
	size, offset := page(r)
	list, err := s.runners(r.Context(), "SELECT "+runnerColumns+" FROM runners AS r"+c.joins.String()+contacts+c.where.String()+
		" ORDER BY r.id"+limit(size, offset), c.args...)
	return list, total, err
}

// union is what several sources of runners have, of which no two have the same.
// Each is a statement that selects ids.
func (s *server) union(r *http.Request, of any, sources ...string) (any, string, error) {
	total, err := s.total(r.Context(), strings.Join(sources, " UNION ALL "), of)
	if err != nil {
		return nil, "", err
	}
	size, offset := page(r)
	firsts := make([]string, len(sources))
	for i, source := range sources {
		firsts[i] = "SELECT * FROM (" + source + " ORDER BY id" + limit(size+offset, 0) + ") AS s" + strconv.Itoa(i)
	}
	list, err := s.runners(r.Context(), "SELECT "+runnerColumns+" FROM (SELECT id FROM ("+strings.Join(firsts, " UNION ALL ")+
		") AS firsts ORDER BY id"+limit(size, offset)+") AS page JOIN runners AS r ON r.id = page.id"+contacts+" ORDER BY r.id", of)
	return list, total, err
}

const instanceRunners = "SELECT r.id FROM runners AS r WHERE r.runner_type = 'instance_type'"

func (s *server) projectRunners(r *http.Request) (any, string, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, "", err
	}
	return s.union(r, id, instanceRunners,
		"SELECT r.id FROM (SELECT runner_id AS id FROM runner_projects WHERE project_id = $1) AS r",
		`SELECT r.id FROM runners AS r WHERE r.group_id IN (SELECT a.ancestor_id FROM namespace_ancestors AS a
			JOIN projects AS p ON p.namespace_id = a.namespace_id WHERE p.id = $1)`)
}

func (s *server) groupRunners(r *http.Request) (any, string, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, "", err
	}
	return s.union(r, id, instanceRunners,
		"SELECT r.id FROM runners AS r WHERE r.group_id IN (SELECT ancestor_id FROM namespace_ancestors WHERE namespace_id = $1)")
}

// ownedRunners are those of the user in the query: in projects that they
// maintain, and in groups that they own.
func (s *server) ownedRunners(r *http.Request) (any, string, error) {
	user, err := strconv.ParseInt(r.URL.Query().Get("user"), 10, 64)
	if err != nil {
		return nil, "", err
	}
	const groups = `SELECT b.namespace_id FROM members AS m JOIN namespace_ancestors AS b ON b.ancestor_id = m.namespace_id
		WHERE m.user_id = $1 AND (m.expires_at IS NULL OR m.expires_at > CURRENT_TIMESTAMP) AND m.level >= `
	return s.union(r, user,
		`SELECT r.id FROM (SELECT DISTINCT l.runner_id AS id FROM runner_projects AS l WHERE l.project_id IN (
				SELECT m.project_id FROM members AS m WHERE m.user_id = $1 AND m.project_id IS NOT NULL AND m.level >= 40
					AND (m.expires_at IS NULL OR m.expires_at > CURRENT_TIMESTAMP)
				UNION SELECT p.id FROM projects AS p WHERE p.namespace_id IN (`+groups+`40)
				UNION SELECT p.id FROM projects AS p JOIN namespaces AS n ON n.id = p.namespace_id WHERE n.owner_id = $1)) AS r`,
		"SELECT r.id FROM runners AS r WHERE r.runner_type = 'group_type' AND r.group_id IN ("+groups+"50)")
}
