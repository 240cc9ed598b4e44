package report

import "fmt"

// The targets: on 2 cores, with PostgreSQL on the same machine.
const (
	leastRead      = 0.75
	leastManyRows  = 1.5 // where more than 10,000 rows match
	leastIdle      = 0.5
	leastHandOver  = 0.5
	mostGrowth     = 1.5
	mostStatements = 3
	// heartbeats are what statements in the background may add to each request.
	heartbeats = 0.05
	// leastUnderLoad is hand-overs with all pending jobs against few.
	leastUnderLoad = 0.7
)

// Verdict is a target beside what was reached.
type Verdict struct {
	Text string
	Met  bool
}

// String says whether the target was met.
func (v Verdict) String() string {
	if v.Met {
		return v.Text + ": met"
	}
	return v.Text + ": missed"
}

// Verdicts judges a line by the targets of its kind.
func (l Line) Verdicts() []Verdict {
	if l.Note != "" {
		return nil
	}
	var verdicts []Verdict
	atLeast := func(least float64) {
		verdicts = append(verdicts, Verdict{fmt.Sprintf("ratio ≥ %.4g", least), l.Ratio >= least})
	}
	statements := func(text string, most float64) {
		verdicts = append(verdicts, Verdict{"statements ≤ " + text, l.Statements <= most})
	}
	switch l.Kind {
	case FarPage: // no first page
		statements("3", mostStatements+heartbeats)
	case List:
		if l.Many {
			atLeast(leastManyRows)
		} else {
			atLeast(leastRead)
		}
		statements("3", mostStatements+heartbeats)
	case Single:
		atLeast(leastRead)
	case Idle:
		atLeast(leastIdle)
		statements("0", heartbeats)
	case HandOver:
		atLeast(leastHandOver)
	case Other:
	}
	if l.Growth > 0 && l.Kind != FarPage {
		verdicts = append(verdicts, Verdict{fmt.Sprintf("growth ≤ %.4g", mostGrowth), l.Growth <= mostGrowth})
	}
	return verdicts
}

// Verdict judges a figure; false: it has no target.
func (f Figure) Verdict() (Verdict, bool) {
	if f.Note != "" && f.Value == 0 {
		return Verdict{}, false
	}
	switch {
	case f.AtMost > 0:
		return Verdict{fmt.Sprintf("≤ %.4g %s", f.AtMost, f.Unit), f.Value <= f.AtMost}, true
	case f.AtLeast > 0:
		return Verdict{fmt.Sprintf("≥ %.4g", f.AtLeast), f.Value >= f.AtLeast}, true
	}
	return Verdict{}, false
}

// UnderLoad compares hand-overs with all pending jobs to those with few, if both
// were measured and differ.
func (r Result) UnderLoad() (Figure, bool) {
	all, measured := r.Line("hand-over")
	few, alsoMeasured := r.Line("hand-over-few")
	if !measured || !alsoMeasured || all.Name == few.Name || few.PerSecond.Product == 0 {
		return Figure{}, false
	}
	return Figure{
		Key: "hand-over-under-load", Name: "hand-overs per second, all pending against few",
		Value: all.PerSecond.Product / few.PerSecond.Product, AtLeast: leastUnderLoad,
	}, true
}
