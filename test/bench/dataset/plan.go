// Package dataset describes what the benchmark loads: rows of every table, each
// a function of its number, so that two runs load the same and one row can be
// known without reading the others.
package dataset

import (
	"fmt"
	"iter"
	"time"

	"runyard/domain"
	"runyard/ports"
)

// Plan says how much of everything there is.
type Plan struct {
	Name     string // as on the command line
	Runners  int
	Projects int
	Groups   int // nested up to depth
	Users    int // root included
	Jobs     int
	Pending  int // of the jobs
	// BusiestJobs is how many jobs the busiest runner has.
	BusiestJobs int
	// WidestProjects is how many projects the widest runner has.
	WidestProjects int
	// BroadProjects is how many projects the broad user maintains.
	BroadProjects int
}

// Plans are those that can be asked for by name.
func Plans() []Plan {
	return []Plan{newPlan("10k", 100), newPlan("100k", 10), newPlan("1m", 1)}
}

// Tiny is the smallest plan in which everything is there, for tests.
func Tiny() Plan { return newPlan("tiny", 500) }

// PlanNamed finds one of Plans.
func PlanNamed(name string) (Plan, error) {
	for _, plan := range Plans() {
		if plan.Name == name {
			return plan, nil
		}
	}
	return Plan{}, fmt.Errorf("there is no size %q: it is 10k, 100k or 1m", name)
}

// newPlan is a fraction of the largest data set.
func newPlan(name string, divisor int) Plan {
	return Plan{
		Name: name, Runners: 1_000_000 / divisor, Projects: 20_000 / divisor, Groups: max(Depth, 2_000/divisor),
		Users: 5_000 / divisor, Jobs: 2_000_000 / divisor, Pending: 100_000 / divisor,
		BusiestJobs: 100_000 / divisor, WidestProjects: 10_000 / divisor, BroadProjects: 5_000 / divisor,
	}
}

// Data is the data set of a plan. Tokens stand in it as the vault's digests,
// and moments lie before Now.
type Data struct {
	Plan
	Vault ports.TokenVault
	Now   time.Time
}

// Table is rows for one table of the database.
type Table struct {
	Name    string
	Columns []string
	// Count is about how many rows there are.
	Count int
	// Rows may reuse the slice that it yields.
	Rows iter.Seq[[]any]
}

// Tables are all rows, in an order in which every row comes after those that it
// refers to.
func (d Data) Tables() []Table {
	return []Table{
		d.users(), d.namespaces(), d.ancestors(), d.projects(), d.routes(), d.members(), d.tokens(),
		d.runners(), d.runnerTags(), d.runnerContacts(), d.runnerManagers(), d.runnerProjects(),
		d.pipelines(), d.jobs(), d.handovers(), d.waitingJobs(),
	}
}

// numbered yields the row of each number from 1 to n.
func numbered(n int, row func(i int) []any) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := 1; i <= n; i++ {
			if !yield(row(i)) {
				return
			}
		}
	}
}

// draw is a number that looks random and is the same for the same arguments
// (the finalizer of splitmix64).
func draw(i, purpose int) uint64 {
	x := uint64(i)*0x9e3779b97f4a7c15 + uint64(purpose)*0xd1b54a32d192ed03
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// fraction is draw as a number from 0 to 1, without 1.
func fraction(i, purpose int) float64 { return float64(draw(i, purpose)>>11) / (1 << 53) }

// draws of different purposes have nothing to do with each other.
const (
	drawTagCount = iota
	drawRack
	drawContact
	drawRunner
	drawStatus
	drawMoment
	drawTag // and the numbers after it
)

// digest is how a token stands in the database.
func (d Data) digest(token string) string { return string(d.Vault.Digest(domain.Secret(token))) }
