// Package report holds what a run of the benchmark found, judges it and shows it.
package report

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"
)

// Result is a whole run.
type Result struct {
	Machine Machine   `json:"machine"`
	Command string    `json:"command"`
	At      time.Time `json:"at"`
	// Size and Database are what was asked for.
	Size     string `json:"size"`
	Database string `json:"database"`
	// Settings are those of the database that matter.
	Settings string `json:"settings,omitempty"`
	Rounds   int    `json:"rounds"`
	// Round is how long each side was driven in a round.
	Round time.Duration `json:"round_nanoseconds"`
	// Reference is the size that growth is measured against; empty: none.
	Reference string   `json:"reference,omitempty"`
	Lines     []Line   `json:"lines"`
	Figures   []Figure `json:"figures"`
}

// PostgreSQL is the Database that the targets are meant for.
const PostgreSQL = "postgres"

// Machine is where it ran.
type Machine struct {
	Cores    int    `json:"cores"`
	Memory   int64  `json:"memory_bytes"`
	Go       string `json:"go"`
	Database string `json:"database"`
	System   string `json:"system"`
	// Load is how many processes wanted a core before the run began.
	Load float64 `json:"load_average"`
}

// Kind says which targets a line has.
type Kind string

// The kinds of lines.
const (
	List     Kind = "list"        // first page of a list
	FarPage  Kind = "offset page" // a list far from its beginning: it may grow
	Single   Kind = "single read"
	Idle     Kind = "idle poll"
	HandOver Kind = "hand-over"
	Other    Kind = "other" // measured against a handler without duties
)

// Line is one thing that was measured.
type Line struct {
	Key  string `json:"key"`
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
	// Floor names what the line is measured against.
	Floor     string `json:"floor"`
	PerSecond Pair   `json:"requests_per_second"`
	// Ratio is the median of the product's rounds divided by the floor's.
	Ratio float64 `json:"ratio"`
	P50   Pair    `json:"p50_nanoseconds"`
	P99   Pair    `json:"p99_nanoseconds"`
	// Statements of SQL and Allocated bytes are of one request.
	Statements float64 `json:"statements_per_request"`
	Allocated  float64 `json:"allocated_bytes_per_request"`
	// Peak is the most memory that the product had during the line, in bytes; zero:
	// not known.
	Peak int64 `json:"peak_memory_bytes,omitempty"`
	// Many: more than 10,000 rows match.
	Many bool `json:"more_than_10000_match,omitempty"`
	// Growth is the p50 divided by that of the reference; zero: not measured.
	Growth float64 `json:"growth,omitempty"`
	// Note says why there is no figure.
	Note string `json:"note,omitempty"`
}

// Pair is the same figure of both sides.
type Pair struct {
	Product float64 `json:"product"`
	Floor   float64 `json:"floor"`
}

// Figure is a number that is no line.
type Figure struct {
	Key   string  `json:"key"`
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// AtMost and AtLeast are the target; zero: none.
	AtMost  float64 `json:"at_most,omitempty"`
	AtLeast float64 `json:"at_least,omitempty"`
	Note    string  `json:"note,omitempty"`
}

// Line finds a line by its key.
func (r Result) Line(key string) (Line, bool) {
	i := slices.IndexFunc(r.Lines, func(l Line) bool { return l.Key == key })
	if i < 0 {
		return Line{}, false
	}
	return r.Lines[i], true
}

// Save writes the result into a file that Read understands.
func (r Result) Save(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// Read reads what Save wrote.
func Read(path string) (Result, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Result{}, err
	}
	var r Result
	if err := json.Unmarshal(text, &r); err != nil {
		return Result{}, fmt.Errorf("%s holds no result of the benchmark: %w", path, err)
	}
	return r, nil
}

// GrownFrom fills in the growth of all lines that the smaller run has too.
func (r Result) GrownFrom(smaller Result) Result {
	r.Reference = smaller.Size
	r.Lines = slices.Clone(r.Lines)
	for i, line := range r.Lines {
		if small, ok := smaller.Line(line.Key); ok && small.P50.Product > 0 {
			r.Lines[i].Growth = line.P50.Product / small.P50.Product
		}
	}
	return r
}

// Median is the middle of the numbers; zero if there is none.
func Median(numbers []float64) float64 {
	if len(numbers) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(numbers))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
