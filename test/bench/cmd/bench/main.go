// Command bench measures Runyard beside a server that does no more than it must.
// `make bench` runs it from the root of the module.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"

	"runyard/test/bench/dataset"
	"runyard/test/bench/report"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: "+err.Error())
		os.Exit(1)
	}
}

// options are what the command line asks for.
type options struct {
	plan     dataset.Plan
	database string
	rounds   int
	round    time.Duration
	lines    *regexp.Regexp
	json     string
	results  string
	readme   string
	with     []string
	compare  string
	command  string
}

func parse(args []string, stderr io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	size := flags.String("size", "10k", "how many runners there are: 10k, 100k or 1m; with 1m, growth is measured against 10k")
	flags.StringVar(&o.database, "database", "postgres", "postgres or sqlite")
	flags.IntVar(&o.rounds, "rounds", 5, "how many rounds each side is driven")
	flags.DurationVar(&o.round, "round", time.Second, "how long a round is")
	lines := flags.String("lines", "", "a regular expression for the keys of the lines to measure; figures: memory and start; empty: all")
	flags.StringVar(&o.json, "json", "", "the machine-readable file; empty: bin/bench-DATABASE-SIZE.json")
	flags.StringVar(&o.results, "results", "", "write the results into this file as Markdown")
	flags.StringVar(&o.readme, "readme", "", "put the results in short into this Markdown file, between its marks")
	with := flags.String("with", "", "machine-readable files of earlier runs, separated by commas, that -results shows as well")
	flags.StringVar(&o.compare, "compare", "", "measure nothing: show the growth from the first to the second of two machine-readable files, separated by a comma")
	flags.StringVar(&o.command, "command", "", "how the results call the command; empty: by its arguments")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("what is %q?", flags.Arg(0))
	}
	if *with != "" {
		o.with = strings.Split(*with, ",")
	}
	if o.command == "" {
		o.command = strings.Join(append([]string{"bench"}, args...), " ")
	}
	if o.lines, err = regexp.Compile(*lines); err != nil {
		return options{}, err
	}
	if o.plan, err = dataset.PlanNamed(*size); err != nil {
		return options{}, err
	}
	switch {
	case o.database != postgresDatabase && o.database != sqliteDatabase:
		return options{}, fmt.Errorf("there is no database %q: it is postgres or sqlite", o.database)
	case o.database == sqliteDatabase && o.plan.Name == "1m":
		return options{}, errors.New("SQLite is measured with 10k and 100k")
	case o.rounds < 1 || o.round <= 0:
		return options{}, errors.New("there must be a round, and it must last")
	}
	if o.json == "" {
		o.json = fmt.Sprintf("bin/bench-%s-%s.json", o.database, o.plan.Name)
	}
	return o, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if o.compare != "" {
		return compare(o.compare, stdout)
	}
	result, err := measure(ctx, o, stderr)
	if err != nil {
		return err
	}
	if err := errors.Join(result.Print(stdout), result.Save(o.json)); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stderr, "The same for machines: %s\n", o.json)
	if o.readme != "" {
		if err := result.WriteSummary(o.readme); err != nil {
			return err
		}
	}
	if o.results == "" {
		return nil
	}
	return writeResults(o, result)
}

// compare shows the growth between two runs.
func compare(files string, stdout io.Writer) error {
	first, second, _ := strings.Cut(files, ",")
	smaller, err := report.Read(first)
	if err != nil {
		return err
	}
	larger, err := report.Read(second)
	if err != nil {
		return err
	}
	return larger.GrownFrom(smaller).Print(stdout)
}

func writeResults(o options, result report.Result) (err error) {
	results := []report.Result{result}
	for _, path := range o.with {
		earlier, err := report.Read(path)
		if err != nil {
			return err
		}
		results = append(results, earlier)
	}
	file, err := os.Create(o.results)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return report.Markdown(file, results...)
}
