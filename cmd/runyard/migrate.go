package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// migrateDatabase applies pending migrations, or lists all if statusOnly.
func migrateDatabase(ctx context.Context, settings Settings, statusOnly bool, stdout io.Writer) error {
	db, err := openDatabase(ctx, settings)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // whatever had to be written was committed
	if !statusOnly {
		if err := db.Migrate(ctx); err != nil {
			return fmt.Errorf("migrate %s: %w", settings.RedactedDatabaseURL(), err)
		}
		return nil
	}
	list, err := db.Migrations(ctx)
	if err != nil {
		return err
	}
	for _, m := range list {
		state := "pending"
		if !m.AppliedAt.IsZero() {
			state = "applied " + m.AppliedAt.Format(time.RFC3339)
		}
		if _, err := fmt.Fprintf(stdout, "%s  %s\n", m.Name, state); err != nil {
			return err
		}
	}
	return nil
}
