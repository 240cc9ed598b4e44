package sqlstore

import (
	"fmt"
	"slices"
	"strings"

	"runyard/domain"
	"runyard/ports"
)

// way is a way by which runners come into a list, each at most once.
type way struct {
	id     string // the column that holds the runner's id
	tables string
	where  []string
	has    string            // r or c, if it is among the tables
	of     domain.RunnerType // the type of all of them; empty: any
	// each, if not empty, selects rows AS every: the way is gone for each of them.
	each string
}

// text selects the ids of the extent; tail orders and limits them.
func (w way) text(in extent, tail string) string {
	conditions := slices.Concat(w.where, in.within(w.id))
	text := "SELECT " + w.id + " AS id FROM " + w.tables
	if len(conditions) > 0 {
		text += " WHERE " + strings.Join(conditions, " AND ")
	}
	text += " " + tail
	if w.each != "" {
		text = fmt.Sprintf("SELECT ids.id FROM (%s) AS every CROSS JOIN LATERAL (%s) AS ids", w.each, text)
	}
	return text
}

// walk selects the ids of a page in their order.
func (w way) walk(in extent) string {
	return "SELECT id FROM (" + w.text(in, in.cut(w.id, in.bound())) + ") AS way " + in.order("id") + " LIMIT " + in.size
}

// gathering selects the ids of what matches, no more of them than are counted.
func (w way) gathering() string {
	return w.text(extent{}, fmt.Sprintf("LIMIT %d", ports.CountLimit))
}

// join adds the table. SQLite goes through the tables of a walk in the order in
// which they stand, which CROSS JOIN means there; PostgreSQL chooses, for it knows
// what a LIMIT is worth.
func (w *way) join(walk bool, table, on string) {
	if !walk {
		w.tables += " JOIN " + table + " ON " + on
		return
	}
	w.tables += " CROSS JOIN " + table
	w.where = append(w.where, on)
}

// ways are those of a walk, or else of a gathering.
func (q *runnerQuery) ways(walk bool) []way {
	var open []way
	for _, w := range q.waysFrom(walk) {
		if w.of == "" || q.types == nil || slices.Contains(q.types, w.of) {
			open = append(open, q.narrow(w, walk))
		}
	}
	return open
}

func (q *runnerQuery) waysFrom(walk bool) []way {
	owned := q.among.OwnedBy != 0
	switch {
	case owned && !walk:
		return []way{{id: "owned.id", tables: "(" + ownedRunners + ") AS owned"}}
	case len(q.tags) > 0:
		return []way{{id: "tag_0.runner_id", tables: "runner_tags AS tag_0", where: []string{"tag_0.tag_key = " + q.tags[0].place}}}
	case q.among.UsableIn != 0:
		return []way{
			instanceRunners,
			{
				id: "link.runner_id", tables: "runner_projects AS link", where: []string{"link.project_id = $1"},
				of: domain.ProjectRunner,
			},
			q.runnersOfGroups(walk, groupsAboveProject),
		}
	case q.among.UsableInGroup != 0:
		return []way{instanceRunners, q.runnersOfGroups(walk, groupsAboveGroup)}
	case len(q.contacted) > 0 && !owned:
		return []way{{id: "c.runner_id", tables: "runner_contacts AS c", has: "c"}}
	}
	return []way{{id: "r.id", tables: "runners AS r", has: "r"}}
}

var instanceRunners = way{
	id: "r.id", tables: "runners AS r", where: []string{"r.runner_type = 'instance_type'"}, has: "r", of: domain.InstanceRunner,
}

// runnersOfGroups is the way along groups. On a walk it is gone for each of them,
// because only the runners of one group stand in the order of ids.
func (q *runnerQuery) runnersOfGroups(walk bool, groups string) way {
	w := way{id: "r.id", tables: "runners AS r", has: "r", of: domain.GroupRunner}
	if walk && q.lateral {
		w.each, w.where = groups, []string{"r.group_id = every.ancestor_id"}
	} else {
		w.where = []string{"r.group_id IN (" + groups + ")"}
	}
	return w
}

// narrow restricts a way to what the filter selects, and to the source if the way
// does not lead along it.
func (q *runnerQuery) narrow(w way, walk bool) way {
	for i, tag := range q.tags {
		table := fmt.Sprintf("tag_%d", i)
		switch {
		case w.id == table+".runner_id":
		case q.probes(i):
			w.where = append(w.where, fmt.Sprintf(
				"(SELECT count(*) FROM runner_tags AS %[1]s WHERE %[1]s.tag_key = %[3]s AND %[1]s.runner_id = %[2]s) = 1", table, w.id, tag.place))
		default:
			w.join(walk, "runner_tags AS "+table, fmt.Sprintf("%[1]s.runner_id = %[2]s AND %[1]s.tag_key = %[3]s", table, w.id, tag.place))
		}
	}
	ofRunner := q.ofRunner
	if w.of == "" {
		ofRunner = slices.Concat(q.ofTypes(), q.ofSource(w), ofRunner)
	}
	if len(ofRunner) > 0 && w.has != "r" {
		w.join(walk, "runners AS r", "r.id = "+w.id)
	}
	switch {
	case w.has == "c":
	case len(q.contacted) > 0:
		w.join(walk, "runner_contacts AS c", "c.runner_id = "+w.id)
	case len(q.ofContact) > 0:
		w.tables += " LEFT JOIN runner_contacts AS c ON c.runner_id = " + w.id
	}
	w.where = slices.Concat(w.where, ofRunner, q.contacted, q.ofContact)
	return w
}

// ofTypes restricts r to the types of the filter.
func (q *runnerQuery) ofTypes() []string {
	if q.types == nil {
		return nil
	}
	alternatives := make([]string, len(q.types))
	for i, of := range q.types {
		alternatives[i] = fmt.Sprintf("r.runner_type = '%s'", of)
	}
	return []string{"(" + strings.Join(alternatives, " OR ") + ")"}
}

// ofSource restricts r to the source, unless the way does already.
func (q *runnerQuery) ofSource(w way) []string {
	switch {
	case w.id == "owned.id" || q.among == ports.RunnerSource{}:
		return nil
	case q.among.OwnedBy != 0:
		return []string{isOwned}
	case q.among.UsableIn != 0:
		return []string{`(r.runner_type = 'instance_type' OR r.group_id IN (` + groupsAboveProject + `)
			OR r.id IN (SELECT link.runner_id FROM runner_projects AS link WHERE link.project_id = $1))`}
	}
	return []string{`(r.runner_type = 'instance_type' OR r.group_id IN (` + groupsAboveGroup + `))`}
}

// The groups by which runners are usable: those above the project or group $1.
const (
	groupsAboveProject = `SELECT above.ancestor_id FROM projects AS p
		JOIN namespace_ancestors AS above ON above.namespace_id = p.namespace_id WHERE p.id = $1`
	groupsAboveGroup = `SELECT above.ancestor_id FROM namespace_ancestors AS above WHERE above.namespace_id = $1`
)

// What the user $1 owns at the moment $2: the project runners of projects where
// the user is a Maintainer, and the group runners of groups where the user is an
// Owner.
var (
	// ownedRunners selects their ids, beginning with the memberships: quick if these
	// are few.
	ownedRunners = "SELECT DISTINCT links.id FROM (" + ownedLinks + ") AS links"

	// ownedLinks selects an id for each reason to own the runner.
	ownedLinks = numbered(fmt.Sprintf(`
		SELECT link.runner_id AS id FROM runner_projects AS link WHERE link.project_id IN (
			%[1]s AND m.level >= %[4]d
			UNION SELECT p.id FROM projects AS p WHERE p.namespace_id IN (%[2]s AND m.level >= %[4]d)
			UNION SELECT p.id FROM projects AS p WHERE p.namespace_id IN (%[3]s))
		UNION ALL SELECT r.id FROM runners AS r WHERE r.group_id IN (%[2]s AND m.level >= %[5]d)`,
		memberProjects, memberNamespaces, personalNamespace, domain.Maintainer, domain.Owner))

	// isOwned looks from a runner r for memberships: quick if these are many. It
	// compares the answers of small questions, because for EXISTS, or for a join with
	// the memberships, PostgreSQL would collect all that there is.
	isOwned = numbered(fmt.Sprintf(`(
		r.runner_type = 'project_type' AND (
			SELECT 1 FROM runner_projects AS link JOIN projects AS p ON p.id = link.project_id
			WHERE link.runner_id = r.id AND (
				(SELECT m.level FROM members AS m WHERE m.project_id = p.id AND %[1]s) >= %[4]d
				OR (%[2]s p.namespace_id) >= %[4]d
				OR p.namespace_id = (%[3]s)) LIMIT 1) = 1
		OR r.runner_type = 'group_type' AND (%[2]s r.group_id) >= %[5]d)`,
		validMember, levelAbove, personalNamespace, domain.Maintainer, domain.Owner))
)

// levelAbove begins to select the highest level on the groups above a namespace,
// its own included.
const levelAbove = `SELECT max((SELECT m.level FROM members AS m WHERE m.namespace_id = above.ancestor_id AND ` + validMember + `))
	FROM namespace_ancestors AS above WHERE above.namespace_id =`
