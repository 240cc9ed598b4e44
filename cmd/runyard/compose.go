package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"runyard/adapters/accesscache"
	"runyard/adapters/rest"
	"runyard/adapters/sqlstore"
	"runyard/adapters/system"
	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

// openPorts connects the use cases with the adapters: another adapter is
// another line here.
func openPorts(ctx context.Context, db *sqlstore.DB, files storage, settings Settings, log *zap.Logger) (application.Ports, error) {
	cache := accesscache.New(time.Now) // in front of all that can change what it remembers
	outside := application.Ports{
		Runners:   cache.Runners(sqlstore.NewRunners(db)),
		Managers:  sqlstore.NewRunnerManagers(db),
		Lifetimes: sqlstore.NewTokenLifetimes(db),
		Projects:  cache.Projects(sqlstore.NewProjects(db)),
		Groups:    cache.Groups(sqlstore.NewGroups(db)),
		Members:   cache.Members(sqlstore.NewMembers(db)),
		Users:     cache.Users(sqlstore.NewUsers(db)),
		Tokens:    cache.Tokens(sqlstore.NewTokens(db)),
		Jobs:      sqlstore.NewJobs(db),
		Access:    cache.Access(sqlstore.NewAccess(db)),
		Instance:  sqlstore.NewInstance(db),

		Artifacts:     sqlstore.NewArtifacts(db),
		Discarded:     sqlstore.NewDiscardedOutput(db),
		Signals:       sqlstore.NewSignals(db),
		TraceStore:    files.traces,
		ArtifactStore: files.artifacts,

		Clock:     system.Clock{},
		Generator: system.Tokens{},
		Faults:    faultLog{log, db.Suspect},
		Policy:    settings.Runners,
	}
	var err error
	outside.Vault, err = application.OpenVault(ctx, outside.Instance, outside.Generator, settings.SecretKey,
		func(key domain.Secret) ports.TokenVault { return system.NewVault(key) })
	return outside, err
}

// process is what the handler has from the process that it serves in.
type process struct {
	external      *url.URL
	log, requests *zap.Logger
	end           <-chan struct{} // closed when the service is about to end
	collectors    []prometheus.Collector
}

// newHandler answers requests with the use cases. From the end on it says that it
// is not ready.
func newHandler(useCases application.UseCases, db *sqlstore.DB, settings Settings, p process) http.Handler {
	return rest.New(useCases, rest.Config{
		External: p.external, TrustedProxies: settings.TrustedProxies,
		Version: version, Revision: revision(),
		Ready:       func(ctx context.Context) error { return ready(ctx, db, p.end) },
		Unavailable: db.Suspect, Limits: settings.Limits.Limits,
		Throttle: settings.Throttle, Clock: system.Clock{},
		Collectors: p.collectors, Log: p.log, RequestLog: p.requests,
	})
}

// readyTimeout is what the database gets for its answer before it counts as gone.
const readyTimeout = 5 * time.Second

// ready tells whether the service goes on, the database answers and has the
// schema of this program.
func ready(ctx context.Context, db *sqlstore.DB, end <-chan struct{}) error {
	select {
	case <-end:
		return errors.New("the service is about to end")
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	pending, err := db.PendingMigrations(ctx)
	if err != nil {
		db.Suspect(err)
		return errors.New("the database does not answer")
	}
	if len(pending) > 0 {
		return fmt.Errorf("%d migrations are pending: run runyard migrate", len(pending))
	}
	return nil
}
