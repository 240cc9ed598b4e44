package main

import (
	"bytes"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/bench/report"
)

func TestTheCommandLineSaysWhatToMeasure(t *testing.T) {
	t.Parallel()
	o, err := parse([]string{"-size", "100k", "-database", "sqlite", "-round", "100ms", "-with", "a.json,b.json"}, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, 100_000, o.plan.Runners)
	assert.Equal(t, 100*time.Millisecond, o.round)
	assert.Equal(t, "bin/bench-sqlite-100k.json", o.json)
	assert.Equal(t, []string{"a.json", "b.json"}, o.with)
	assert.Equal(t, "bench -size 100k -database sqlite -round 100ms -with a.json,b.json", o.command)
	_, grows := o.reference()
	assert.False(t, grows)

	o, err = parse([]string{"-size", "1m"}, io.Discard)
	require.NoError(t, err)
	reference, grows := o.reference()
	assert.True(t, grows)
	assert.Equal(t, "10k", reference.Name)
}

func TestMistakesOnTheCommandLineAreNamed(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"no size":             {"-size", "5"},
		"no database":         {"-database", "oracle"},
		"SQLite is measured":  {"-database", "sqlite", "-size", "1m"},
		"must be a round":     {"-rounds", "0"},
		"error parsing":       {"-lines", "("},
		`what is "10k"?`:      {"10k"},
		"flag provided":       {"-sise", "10k"},
		"no such file":        {"-compare", "missing.json,missing.json"},
		"must be a round, an": {"-round", "0s"},
	} {
		assert.ErrorContains(t, run(t.Context(), args, io.Discard, io.Discard), want)
	}
}

func TestTwoRunsShowTheGrowthBetweenThem(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	small, large := filepath.Join(folder, "small.json"), filepath.Join(folder, "large.json")
	of := func(size string, p50 float64) report.Result {
		return report.Result{Size: size, Lines: []report.Line{{Key: "all", Name: "all", P50: report.Pair{Product: p50}}}}
	}
	require.NoError(t, of("10k", 2e6).Save(small))
	require.NoError(t, of("1m", 5e6).Save(large))
	var stdout bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-compare", small + "," + large}, &stdout, io.Discard))
	assert.Contains(t, stdout.String(), "Growth is against 10k.")
	assert.Contains(t, stdout.String(), "2.50")
}

func TestResultsOfSeveralRunsStandInOneDocument(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	earlier := filepath.Join(folder, "earlier.json")
	require.NoError(t, report.Result{Size: "10k", Database: sqliteDatabase}.Save(earlier))
	o := options{results: filepath.Join(folder, "RESULTS.md"), with: []string{earlier}}
	require.NoError(t, writeResults(o, report.Result{Size: "1m", Database: postgresDatabase}))
	assert.FileExists(t, o.results)
	o.with = []string{filepath.Join(folder, "missing.json")}
	assert.Error(t, writeResults(o, report.Result{}))
}
