package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"runyard/adapters/system"
	"runyard/test/bench/dataset"
	"runyard/test/bench/load"
	"runyard/test/bench/measures"
	"runyard/test/bench/server"
)

// reference is what growth is measured against.
func (o options) reference() (dataset.Plan, bool) {
	if o.plan.Name != "1m" {
		return dataset.Plan{}, false
	}
	plan, err := dataset.PlanNamed("10k")
	return plan, err == nil
}

// site loads the data of a plan into a database of its own, and starts both
// servers on it.
func (b *bench) site(ctx context.Context, plan dataset.Plan) (*measures.Site, error) {
	url, err := b.host.newDatabase(ctx, "bench_"+plan.Name)
	if err != nil {
		return nil, err
	}
	b.databases[plan.Name] = url
	site := &measures.Site{Data: dataset.Data{Plan: plan, Vault: system.NewVault(measures.SecretKey), Now: system.Clock{}.Now()}}
	storage, err := b.newFolder("storage-" + plan.Name)
	if err != nil {
		return nil, err
	}
	environ := measures.Environment(url, storage, "RUNYARD_LONG_POLL=0s")
	if err := migrate(ctx, b.runyard, environ); err != nil {
		return nil, err
	}
	begin := time.Now()
	if err := load.Into(ctx, url, site.Data, b.log); err != nil {
		return nil, err
	}
	_, _ = fmt.Fprintf(b.log, "%s loaded in %s\n", plan.Name, time.Since(begin).Round(time.Millisecond))
	site.Another = func(ctx context.Context) (*server.Server, error) {
		another, err := b.start(ctx, environ, b.runyard, "serve")
		if err != nil {
			return nil, err
		}
		return another, another.AwaitReady(ctx)
	}
	if site.Product, err = site.Another(ctx); err != nil {
		return nil, err
	}
	if site.Floor, err = b.start(ctx, nil, b.floor, url); err != nil {
		return nil, err
	}
	if site.Queue, err = load.OpenQueue(ctx, url); err != nil {
		return nil, err
	}
	b.atEnd(site.Queue.Close)
	return site, nil
}

// start runs a server until the end.
func (b *bench) start(ctx context.Context, environ []string, program string, args ...string) (*server.Server, error) {
	s, err := server.Start(ctx, b.folder, environ, program, args...)
	if err != nil {
		return nil, err
	}
	b.atEnd(s.Stop)
	return s, nil
}

// migrate makes the schema as users do.
func migrate(ctx context.Context, runyard string, environ []string) error {
	command := exec.CommandContext(ctx, runyard, "migrate")
	command.Env = environ
	command.Dir = filepath.Dir(runyard)
	command.Stderr = os.Stderr
	return command.Run()
}
