package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/uptrace/bun"
	"go.uber.org/zap"
	"golang.org/x/net/netutil"
	"golang.org/x/sync/errgroup"

	"runyard/adapters/rest"
	"runyard/adapters/sqlstore"
	"runyard/adapters/telemetry"
	"runyard/application"
)

// serve runs the service until ctx ends, then lets running requests finish.
func serve(ctx context.Context, settings Settings, stdout, stderr io.Writer) error {
	lines := newLogBuffer(stderr)
	defer lines.Stop() //nolint:errcheck // there is nowhere to say it
	log := newLogger(lines.prompt(), settings)
	statements := sqlstore.NewStatementMetrics()
	db, err := openDatabase(ctx, settings, statements)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // nothing is left to be written, and nobody to tell
	if err := db.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate %s: %w", settings.RedactedDatabaseURL(), err)
	}
	files, err := openStorage(ctx, settings)
	if err != nil {
		return err
	}
	defer files.close() //nolint:errcheck // as above
	// The address comes before the tokens: those that are generated are shown
	// once, and must not be lost to a port that is taken.
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", settings.Listen)
	if err != nil {
		return fmt.Errorf("--listen %s: %w", settings.Listen, err)
	}
	defer listener.Close()
	external, err := url.Parse(settings.ExternalURLFor(listener.Addr()))
	if err != nil {
		return err
	}
	outside, err := openPorts(ctx, db, files, settings, log)
	if err != nil {
		return err
	}
	counts := telemetry.NewMetrics()
	outside.Telemetry = counts
	if err := ensureTokens(ctx, outside, settings, external, stdout); err != nil {
		return err
	}
	useCases := application.New(outside, settings.Agents, external, rest.APIVersion(version))
	handler := newHandler(useCases, db, settings, process{ //nolint:contextcheck // handlers have the context of their request
		external: external, log: log, requests: newLogger(lines, settings), end: ctx.Done(),
		collectors: []prometheus.Collector{statements, counts, sqlstore.NewPoolMetrics(db), sqlstore.NewQueueMetrics(db)},
	})
	server := newServer(handler, settings.Limits, log)
	if settings.Limits.Connections > 0 {
		listener = netutil.LimitListener(listener, settings.Limits.Connections)
	}
	log.Info("listening", zap.Stringer("addr", listener.Addr()))
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { tuneMemory(ctx); return nil })
	group.Go(func() error { return useCases.Agents.Run(ctx) })
	group.Go(func() error {
		db.Watch(ctx, databaseLog{log})
		return nil
	})
	group.Go(func() error { return serveUntilDone(ctx, server, listener, settings.ShutdownGrace) })
	return group.Wait()
}

// ensureTokens makes sure that the tokens of the beginning are there, and shows
// those that are new.
func ensureTokens(ctx context.Context, outside application.Ports, settings Settings, external *url.URL, stdout io.Writer) error {
	generated, err := application.NewBootstrap(outside).Ensure(ctx, application.StartTokens{
		Root: settings.RootToken, Registration: settings.RegistrationToken,
	})
	// Also after an error: what is in use already would be lost else.
	return errors.Join(err, greet(stdout, external.String(), generated))
}

// maxHeader is the most bytes of a request's header, the path with its query
// included.
const maxHeader = 64 << 10

// newServer makes a server without a limit for whole requests and answers: an
// agent may wait long for a job, and needs its time for an upload. The handler
// knows who is too slow.
func newServer(handler http.Handler, limits ServerLimits, log *zap.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: limits.headerTimeout(),
		MaxHeaderBytes:    maxHeader,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          zap.NewStdLog(log),
	}
}

func openDatabase(ctx context.Context, settings Settings, hooks ...bun.QueryHook) (*sqlstore.DB, error) {
	db, err := sqlstore.Open(ctx, settings.DatabaseURL, hooks...)
	if err != nil {
		return nil, fmt.Errorf("--database-url %s: %w", settings.RedactedDatabaseURL(), err)
	}
	return db, nil
}
