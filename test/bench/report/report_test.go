package report

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func result() Result {
	return Result{
		Machine: Machine{Cores: 2, Memory: 24 << 30, Go: "go1.26", Database: "PostgreSQL 15", System: "linux/amd64", Load: 0.5},
		Command: "make bench", At: time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC), Size: "10k", Database: PostgreSQL,
		Rounds: 5, Round: time.Second,
		Lines: []Line{
			{
				Key: "all", Name: "GET /runners/all", Kind: List, PerSecond: Pair{1600, 1000}, Ratio: 1.6,
				P50: Pair{2e6, 3e6}, P99: Pair{4e6, 5e6}, Statements: 3, Allocated: 2048, Many: true,
			},
			{Key: "keyset", Name: "by key", Kind: List, Note: "there is none"},
			{Key: "hand-over", Name: "hand-over, 1000", Kind: HandOver, Ratio: 0.4, PerSecond: Pair{60, 150}},
			{Key: "hand-over-few", Name: "hand-over, 10", Kind: HandOver, Ratio: 0.6, PerSecond: Pair{100, 150}},
		},
		Figures: []Figure{{Key: "binary", Name: "the binary", Value: 40, Unit: "MB", AtMost: 45}},
	}
}

func texts(verdicts []Verdict) []string {
	var all []string
	for _, v := range verdicts {
		all = append(all, v.String())
	}
	return all
}

func TestEachKindOfLineHasItsTargets(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line Line
		want []string
	}{
		"a list":                      {Line{Kind: List, Ratio: 0.75, Statements: 3.02}, []string{"ratio ≥ 0.75: met", "statements ≤ 3: met"}},
		"a slow list":                 {Line{Kind: List, Ratio: 0.74, Statements: 3.5}, []string{"ratio ≥ 0.75: missed", "statements ≤ 3: missed"}},
		"a list of many rows":         {Line{Kind: List, Ratio: 1.4, Many: true, Statements: 2}, []string{"ratio ≥ 1.5: missed", "statements ≤ 3: met"}},
		"a far page may grow":         {Line{Kind: FarPage, Ratio: 0.1, Growth: 9, Statements: 3}, []string{"statements ≤ 3: met"}},
		"a single read":               {Line{Kind: Single, Ratio: 0.8, Growth: 1.6}, []string{"ratio ≥ 0.75: met", "growth ≤ 1.5: missed"}},
		"an idle poll":                {Line{Kind: Idle, Ratio: 0.4, Statements: 0.01}, []string{"ratio ≥ 0.5: missed", "statements ≤ 0: met"}},
		"a hand-over":                 {Line{Kind: HandOver, Ratio: 0.5, Growth: 1.5}, []string{"ratio ≥ 0.5: met", "growth ≤ 1.5: met"}},
		"what has no floor":           {Line{Kind: Other, Ratio: 0.01}, nil},
		"what could not be measured":  {Line{Kind: List, Note: "why"}, nil},
		"what has no floor can grow":  {Line{Kind: Other, Growth: 1.2}, []string{"growth ≤ 1.5: met"}},
		"a list of many rows, enough": {Line{Kind: List, Ratio: 1.5, Many: true}, []string{"ratio ≥ 1.5: met", "statements ≤ 3: met"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, texts(test.line.Verdicts()))
		})
	}
}

func TestHandOversUnderLoadAreComparedWithThoseOfAShortQueue(t *testing.T) {
	t.Parallel()
	r := result()
	figure, ok := r.UnderLoad()
	require.True(t, ok)
	assert.InDelta(t, 0.6, figure.Value, 1e-9)
	verdict, ok := figure.Verdict()
	require.True(t, ok)
	assert.Equal(t, "≥ 0.7: missed", verdict.String())

	r.Lines[2].Name = r.Lines[3].Name
	_, ok = r.UnderLoad()
	assert.False(t, ok, "both queues are alike")
}

func TestTheTableShowsEveryFigureAndVerdict(t *testing.T) {
	t.Parallel()
	var terminal, document bytes.Buffer
	require.NoError(t, result().Print(&terminal))
	require.NoError(t, Markdown(&document, result()))
	for _, text := range []string{terminal.String(), document.String()} {
		for _, want := range []string{
			"`make bench` on linux/amd64, 2 cores, 24.0 GiB of memory, go1.26, PostgreSQL 15; load average before it 0.5. 5 rounds of 1s per side, 2026-03-04.",
			"GET /runners/all (> 10,000 rows)", "1600", "1000", "1.60", "2.00 ms", "4.00 ms", "3.00", "2.0", "ratio ≥ 1.5: met",
			"there is none", "40.0 MB", "≤ 45 MB: met", "hand-overs per second, all pending against few", "≥ 0.7: missed",
		} {
			assert.Contains(t, text, want)
		}
	}
	assert.Contains(t, document.String(), "## postgres, 10k")
}

func TestTheTargetsAreMeantForPostgreSQL(t *testing.T) {
	t.Parallel()
	r := result()
	r.Database = "sqlite"
	var terminal bytes.Buffer
	require.NoError(t, r.Print(&terminal))
	assert.NotContains(t, terminal.String(), "ratio ≥")
	assert.Contains(t, terminal.String(), "≤ 45 MB: met")
}

func TestAResultSurvivesItsFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "result.json")
	require.NoError(t, result().Save(path))
	got, err := Read(path)
	require.NoError(t, err)
	assert.Equal(t, result(), got)
	_, err = Read(filepath.Join(t.TempDir(), "missing"))
	assert.Error(t, err)
}

func TestGrowthIsTheQuotientOfTheMedians(t *testing.T) {
	t.Parallel()
	small, large := result(), result()
	large.Lines[0].P50.Product = 5e6
	large.Lines[2].Key = "new"
	grown := large.GrownFrom(small)
	assert.InDelta(t, 2.5, grown.Lines[0].Growth, 1e-9)
	assert.Zero(t, grown.Lines[1].Growth, "it was not measured")
	assert.Zero(t, grown.Lines[2].Growth, "it was not there")
	assert.Equal(t, "10k", grown.Reference)
	assert.Zero(t, large.Lines[0].Growth, "what it was made from stays")
}

func TestTheMedianIsInTheMiddle(t *testing.T) {
	t.Parallel()
	assert.InDelta(t, 2, Median([]float64{9, 1, 2}), 1e-9)
	assert.InDelta(t, 1.5, Median([]float64{9, 1, 2, 0}), 1e-9)
	assert.Zero(t, Median(nil))
}

func TestASummaryStandsBetweenTheMarksOfADocument(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "README.md")
	require.NoError(t, os.WriteFile(path, []byte("before\n<!-- benchmark -->\nold\n<!-- end of benchmark -->\nafter\n"), 0o644))
	result := Result{
		Command: "make bench SIZE=1m", Machine: Machine{Cores: 2, Memory: 24 << 30, Database: "PostgreSQL 15.1"}, Reference: "10k",
		Lines: []Line{
			{Name: "GET /runners/all", Kind: List, PerSecond: Pair{Product: 1234}, Ratio: 0.876, P50: Pair{Product: 2.5e6}, Statements: 1, Growth: 1.25},
			{Name: "POST /runners", Kind: Other, PerSecond: Pair{Product: 99}, Ratio: 0.01, P50: Pair{Product: 1e6}, Statements: 6, Growth: 1},
			{Name: "GET /groups/:id/runners", Note: "missed: too slow"},
		},
	}
	for range 2 { // the second time it replaces the first
		require.NoError(t, result.WriteSummary(path))
		document, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, "before\n<!-- benchmark -->\n\n"+
			"`make bench SIZE=1m` on 2 cores, 24 GiB, PostgreSQL 15.1:\n\n"+
			"| Request | req/s | of the minimal server | p50 | statements | p50, of that with 10k |\n"+
			"| --- | ---:| ---:| ---:| ---:| --- |\n"+
			"| GET /runners/all | 1234 | 0.88 | 2.50 ms | 1.00 | 1.25 |\n"+
			"| POST /runners | 99 | – | 1.00 ms | 6.00 | 1.00 |\n"+
			"| GET /groups/:id/runners | missed: too slow |  |  |  |  |\n"+
			"\n<!-- end of benchmark -->\nafter\n", string(document))
	}
}

func TestADocumentWithoutMarksIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "README.md")
	require.NoError(t, os.WriteFile(path, []byte("<!-- end of benchmark -->\n<!-- benchmark -->\n"), 0o644))
	require.ErrorContains(t, Result{}.WriteSummary(path), "no lines")
	document, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "<!-- end of benchmark -->\n<!-- benchmark -->\n", string(document))
}
