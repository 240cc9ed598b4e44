package sqlstore

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"runyard/domain"
	"runyard/ports"
)

// wantedTag is one of the tags that all runners of a list have.
type wantedTag struct {
	key   string
	place string // what stands for the key
	// runners is how many have it, up to ports.CountLimit; zero: not known.
	runners int
}

// joinedTags is how many tags are joined: each table more makes planning longer.
const joinedTags = 3

// probes tells whether the tag is looked for at each runner that the tags before
// it let through. If not, PostgreSQL may go through the runners of both together,
// which is quicker if there are about as many, and much slower if there are not.
func (q *runnerQuery) probes(tag int) bool {
	return tag >= joinedTags || q.tags[0].runners < ports.CountLimit && q.tags[tag].runners == ports.CountLimit
}

// rareTagsFirst finds out which of several tags few runners have, and begins with
// these. It asks the database, but not for what it knows from a moment ago.
func (s *Runners) rareTagsFirst(ctx context.Context, q *runnerQuery) error {
	var args arguments
	var counts []string
	var asked []*wantedTag
	var into []any
	for i := range q.tags {
		tag := &q.tags[i]
		if s.far.known(runnersWithTag(tag.key)) {
			tag.runners = ports.CountLimit
			continue
		}
		one := &runnerQuery{tags: []wantedTag{{place: args.add(tag.key)}}}
		counts = append(counts, "(SELECT count(*) FROM ("+one.gathering(extent{})+") AS matching)")
		asked, into = append(asked, tag), append(into, &tag.runners)
	}
	if len(asked) > 0 {
		counting := statement{text: "SELECT " + strings.Join(counts, ", "), args: args}
		if err := s.db.read(ctx, counting, func(row scanner) error { return row.Scan(into...) }); err != nil {
			return err
		}
	}
	for _, tag := range asked {
		s.far.counted(runnersWithTag(tag.key), tag.runners >= ports.CountLimit)
	}
	slices.SortStableFunc(q.tags, func(a, b wantedTag) int { return cmp.Compare(a.runners, b.runners) })
	return nil
}

// runnersWithTag is the list of all runners with a tag.
func runnersWithTag(key string) runnerList {
	return runnerListOf(ports.RunnerSource{}, domain.RunnerFilter{Tags: domain.Tags{key}})
}
