package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"runyard/test/bench/measures"
	"runyard/test/bench/report"
	"runyard/test/program"
)

// bench is one run.
type bench struct {
	options
	log     io.Writer
	folder  string
	runyard string // the paths of the built programs
	floor   string
	host    host
	// databases are the URLs of those that are loaded, by size.
	databases map[string]string
	// ends are what has to end, the last first.
	ends []func() error
}

// measure builds the programs, loads the data and measures all lines.
func measure(ctx context.Context, o options, log io.Writer) (result report.Result, err error) {
	b := &bench{options: o, log: log, databases: make(map[string]string)}
	defer func() { err = errors.Join(err, b.end()) }()
	if b.folder, err = os.MkdirTemp("", "runyard-bench-"); err != nil {
		return result, err
	}
	b.atEnd(func() error { return os.RemoveAll(b.folder) })
	if err := b.build(); err != nil {
		return result, err
	}
	if b.host, err = b.openHost(ctx); err != nil {
		return result, err
	}
	result = report.Result{
		Command: o.command, At: time.Now(), Size: o.plan.Name, Database: o.database,
		Settings: b.host.settings, Rounds: o.rounds, Round: o.round,
	}
	if result.Machine, err = thisMachine(ctx, b.host); err != nil {
		return result, err
	}
	var smaller *measures.Site
	if reference, ok := o.reference(); ok {
		if smaller, err = b.site(ctx, reference); err != nil {
			return result, err
		}
		result.Reference = reference.Name
	}
	site, err := b.site(ctx, o.plan)
	if err != nil {
		return result, err
	}
	for _, definition := range measures.Definitions() {
		if !o.lines.MatchString(definition.Key) {
			continue
		}
		line, err := definition.Measure(ctx, site, smaller, measures.Options{Rounds: o.rounds, Round: o.round})
		if err != nil {
			return result, fmt.Errorf("%s: %w\n%s", definition.Name(site), err, site.Product.Log())
		}
		_, _ = fmt.Fprintf(log, "%-60s %8.0f/s  ratio %.2f %s\n", line.Name, line.PerSecond.Product, line.Ratio, line.Note)
		result.Lines = append(result.Lines, line)
	}
	if o.lines.MatchString("figures") {
		result.Figures, err = b.figures(ctx, site)
	}
	return result, err
}

// build makes both programs as users have them.
func (b *bench) build() (err error) {
	if b.runyard, err = program.Build(b.folder, "runyard/cmd/runyard"); err != nil {
		return err
	}
	b.floor, err = program.Build(b.folder, "runyard/test/bench/cmd/floor")
	return err
}

func (b *bench) atEnd(do func() error) { b.ends = append(b.ends, do) }

// end undoes everything.
func (b *bench) end() (err error) {
	for len(b.ends) > 0 {
		last := len(b.ends) - 1
		err = errors.Join(err, b.ends[last]())
		b.ends = b.ends[:last]
	}
	return err
}

// newFolder is an empty folder that goes with the run.
func (b *bench) newFolder(name string) (string, error) {
	path := filepath.Join(b.folder, name)
	return path, os.Mkdir(path, 0o755)
}
