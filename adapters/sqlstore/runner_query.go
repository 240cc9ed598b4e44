package sqlstore

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"runyard/domain"
	"runyard/ports"
)

// runnerQuery writes the statements of one list of runners: ports.RunnerSource
// and domain.RunnerFilter in SQL. What has few values (types, activity) stands in
// the text, so that the plan that PostgreSQL keeps is right for them; what has
// many (tags, ids, moments) is an argument.
//
// A page is cut out of the ids, and only then rows are read. There are two ways
// to the ids. A walk goes along an index in the order of ids until the page is
// full: quick if many runners match, long if few do. A gathering collects what
// matches from wherever that is quickest, in any order, up to CountLimit, which
// also counts it.
type runnerQuery struct {
	args  arguments
	among ports.RunnerSource
	types []domain.RunnerType
	// lateral: the database knows LATERAL.
	lateral bool
	// thorough: no sample will do.
	thorough bool

	tags      []wantedTag
	ofRunner  []string // conditions on the runner r
	contacted []string // conditions on its contact c, which must be there
	ofContact []string // conditions on its contact c, which need not be there
}

func newRunnerQuery(db *DB, among ports.RunnerSource, f domain.RunnerFilter) *runnerQuery {
	q := &runnerQuery{among: among, types: f.Types, lateral: db.pool != nil}
	q.dropOtherTypes()
	switch among = q.among; { // The texts about sources count on these being the first arguments.
	case among.OwnedBy != 0:
		q.args = arguments{int64(among.OwnedBy), timestamp{among.At}}
	case among.UsableIn != 0:
		q.args = arguments{int64(among.UsableIn)}
	case among.UsableInGroup != 0:
		q.args = arguments{int64(among.UsableInGroup)}
	}
	for _, key := range tagKeys(f.Tags) {
		q.tags = append(q.tags, wantedTag{key: key, place: q.args.add(key)})
	}
	if f.Active != nil {
		q.ofRunner = append(q.ofRunner, fmt.Sprintf("r.active = %t", *f.Active))
	}
	if !f.ContactedAfter.IsZero() {
		q.contacted = append(q.contacted, "c.contacted_at > "+q.args.add(timestamp{f.ContactedAfter}))
	}
	if f.VersionPrefix != "" {
		// Not LIKE, which ignores case on SQLite and has wildcards.
		q.contacted = append(q.contacted, fmt.Sprintf("substr(c.version, 1, %s) = %s",
			q.args.add(utf8.RuneCountInString(f.VersionPrefix)), q.args.add(f.VersionPrefix)))
	}
	if !f.NotContactedAfter.IsZero() {
		// An OR with IS NULL would make SQLite go through all contacts for each runner.
		q.ofContact = append(q.ofContact, "(c.contacted_at > "+q.args.add(timestamp{f.NotContactedAfter})+") IS NOT TRUE")
	}
	return q
}

// dropOtherTypes leaves out types that the source does not have. What it has of
// instance runners is all of them.
func (q *runnerQuery) dropOtherTypes() {
	has := func(domain.RunnerType) bool { return true }
	switch {
	case q.among.OwnedBy != 0:
		has = func(t domain.RunnerType) bool { return t != domain.InstanceRunner }
	case q.among.UsableInGroup != 0:
		has = func(t domain.RunnerType) bool { return t != domain.ProjectRunner }
	}
	if q.types != nil {
		q.types = slices.DeleteFunc(slices.Clone(q.types), func(t domain.RunnerType) bool { return !has(t) })
	}
	if slices.Equal(q.types, []domain.RunnerType{domain.InstanceRunner}) {
		q.among = ports.RunnerSource{}
	}
}

// empty: the source has no runner of the types that the filter selects.
func (q *runnerQuery) empty() bool { return q.types != nil && len(q.types) == 0 }

// page is the statement of a page: how many runners there are, and the fields of
// each of the page. A far list, which is known to be longer than what is counted,
// is not counted again.
func (q *runnerQuery) page(p ports.Page, far bool) statement {
	w := extentOf(&q.args, p, ascending)
	switch {
	case far || p.Keyset != nil && q.simple():
		return q.rows("page AS MATERIALIZED ("+q.walk(w)+")", "0", w)
	case q.simple():
		return q.rows("page AS MATERIALIZED ("+q.walk(w)+")", w.counted(q.gathering(w)), w)
	}
	gathering, total := q.gathering(w), "count(*)"
	if q.sampled(p) {
		gathering, total = sampleOfOwned, totalOfSample
	}
	many := w
	if !q.lateral {
		// SQLite goes a way before it looks whether that is wanted.
		many.most = fmt.Sprintf("CASE WHEN (SELECT total FROM counted) < %d THEN 0 ELSE %s END", ports.CountLimit, w.bound())
	}
	s := q.rows(fmt.Sprintf(`matching AS MATERIALIZED (%[1]s),
		counted AS MATERIALIZED (SELECT %[7]s AS total FROM matching),
		page AS MATERIALIZED (SELECT id FROM (
			SELECT id FROM (SELECT id FROM matching %[3]s) AS few WHERE (SELECT total FROM counted) < %[2]d
			UNION ALL SELECT id FROM (%[4]s) AS many WHERE (SELECT total FROM counted) >= %[2]d) AS either %[5]s LIMIT %[6]s)`,
		gathering, ports.CountLimit, w.cut("id", w.bound()), q.walk(many), w.order("id"), w.size, total),
		"(SELECT total FROM counted)", w)
	s.byValues = q.mixed()
	return s
}

// Who maintains thousands of projects owns far more runners than are counted, of
// which a sample of the links tells enough.
const (
	sampledLinks = 2 * ports.CountLimit
	// uncounted is the total if the sample tells too little: many links lead to few
	// runners.
	uncounted = -1
)

var (
	sampleOfOwned = fmt.Sprintf("SELECT id, count(*) AS links FROM (%s LIMIT %d) AS links GROUP BY id", ownedLinks, sampledLinks)
	totalOfSample = fmt.Sprintf("CASE WHEN sum(links) = %d AND count(*) < %d THEN %d ELSE count(*) END", sampledLinks, ports.CountLimit, uncounted)
)

// sampled tells whether a sample may do: for the first page of all that a user owns.
func (q *runnerQuery) sampled(p ports.Page) bool {
	unfiltered := q.types == nil && len(q.tags)+len(q.ofRunner)+len(q.contacted)+len(q.ofContact) == 0
	return q.among.OwnedBy != 0 && unfiltered && p.Keyset == nil && p.Offset() == 0 && !q.thorough
}

// rows reads the runners whose ids are the page.
func (q *runnerQuery) rows(page, counted string, w extent) statement {
	return statement{args: q.args, text: fmt.Sprintf(`WITH %s SELECT %s, %s FROM page
		JOIN runners AS r ON r.id = page.id LEFT JOIN runner_contacts AS c ON c.runner_id = page.id ORDER BY page.id %s`,
		page, counted, summaryFields, w.direction)}
}

// total is the statement that only counts.
func (q *runnerQuery) total() statement {
	return statement{
		text: "SELECT count(*) FROM (" + q.gathering(extent{}) + ") AS matching", args: q.args, byValues: q.mixed(),
	}
}

// simple: an index is in the order of ids and leads to what matches, or to most of
// it. Then a walk is never long, and counting is quick.
func (q *runnerQuery) simple() bool {
	switch {
	case q.among.OwnedBy != 0 || len(q.contacted) > 0:
		return false
	case len(q.tags) == 0:
		return true
	}
	return len(q.tags) == 1 && !q.mixed()
}

// mixed: tags and something else narrow the list. Which of them is the narrower,
// and so where to begin, hangs on which tags they are.
func (q *runnerQuery) mixed() bool {
	return len(q.tags) > 0 && (q.among != ports.RunnerSource{} || q.types != nil || len(q.ofRunner)+len(q.contacted)+len(q.ofContact) > 0)
}

// walk selects the ids of the page in their order.
func (q *runnerQuery) walk(w extent) string {
	ways := q.ways(true)
	if len(ways) == 1 && ways[0].each == "" {
		return ways[0].walk(w)
	}
	texts := make([]string, len(ways))
	for i, way := range ways {
		texts[i] = fmt.Sprintf("SELECT id FROM (%s) AS way_%d", way.text(w, w.upTo(way.id)), i)
	}
	return "SELECT id FROM (" + strings.Join(texts, " UNION ALL ") + ") AS ways " + w.cut("id", w.size)
}

// gathering selects the ids of what matches, no more of them than are counted.
func (q *runnerQuery) gathering(w extent) string {
	ways := q.ways(false)
	if q.simple() && len(ways) == 1 {
		// Along the index as well, whatever the table may cost.
		return ways[0].text(w, fmt.Sprintf("ORDER BY %s LIMIT %d", ways[0].id, ports.CountLimit))
	}
	texts := make([]string, len(ways))
	for i, way := range ways {
		texts[i] = way.text(w, "")
	}
	return fmt.Sprintf("SELECT id FROM (%s) AS ways LIMIT %d", strings.Join(texts, " UNION ALL "), ports.CountLimit)
}
