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

	"github.com/uptrace/bun"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"runyard/adapters/rest"
	"runyard/adapters/sqlstore"
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
	if err := ensureTokens(ctx, outside, settings, external, stdout); err != nil {
		return err
	}
	useCases := application.New(outside, settings.Agents, external, rest.APIVersion(version))
	server := newServer(newHandler(useCases, db, settings, external, log, newLogger(lines, settings), statements), log) //nolint:contextcheck // handlers have the context of their request
	log.Info("listening", zap.Stringer("addr", listener.Addr()))
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { tuneMemory(ctx); return nil })
	group.Go(func() error { return useCases.Agents.Run(ctx) })
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

// newServer makes a server without a limit for whole requests and answers: an
// agent may wait long for a job, and needs its time for an upload.
func newServer(handler http.Handler, log *zap.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
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

// serveUntilDone serves until ctx ends. Requests that still run after the
// grace are cut off; that is no error.
func serveUntilDone(ctx context.Context, server *http.Server, listener net.Listener, grace time.Duration) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		if err := server.Shutdown(drain); err != nil {
			return server.Close()
		}
		return nil
	})
	return group.Wait()
}
