package main

import (
	"context"
	"fmt"

	"runyard/adapters/sqlstore"
)

// backUp copies the SQLite database into a file that must not exist yet.
// Servers may go on writing meanwhile.
func backUp(ctx context.Context, settings Settings, file string) error {
	if err := sqlstore.BackUp(ctx, settings.DatabaseURL, file); err != nil {
		return fmt.Errorf("back up %s: %w", settings.RedactedDatabaseURL(), err)
	}
	return nil
}
