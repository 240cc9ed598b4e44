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
		Signals:       sqlstore.NewSignals(db),
		TraceStore:    files.traces,
		ArtifactStore: files.artifacts,

		Clock:     system.Clock{},
		Generator: system.Tokens{},
		Faults:    faultLog{log},
		Policy:    settings.Runners,
	}
	var err error
	outside.Vault, err = application.OpenVault(ctx, outside.Instance, outside.Generator, settings.SecretKey,
		func(key domain.Secret) ports.TokenVault { return system.NewVault(key) })
	return outside, err
}

// newHandler answers requests with the use cases.
func newHandler(useCases application.UseCases, db *sqlstore.DB, settings Settings, external *url.URL, log, requests *zap.Logger,
	collectors ...prometheus.Collector,
) http.Handler {
	return rest.New(useCases, rest.Config{
		External: external, TrustedProxies: settings.TrustedProxies,
		Version: version, Revision: revision(),
		Ready:      func(ctx context.Context) error { return ready(ctx, db) },
		Collectors: collectors, Log: log, RequestLog: requests,
	})
}

// ready tells whether the database answers and has the schema of this program.
func ready(ctx context.Context, db *sqlstore.DB) error {
	pending, err := db.PendingMigrations(ctx)
	if err != nil {
		return errors.New("the database does not answer")
	}
	if len(pending) > 0 {
		return fmt.Errorf("%d migrations are pending: run runyard migrate", len(pending))
	}
	return nil
}
