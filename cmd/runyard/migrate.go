package main

import (
	"context"
	"errors"
	"io"
)

// migrateDatabase applies pending migrations, or lists them if statusOnly.
func migrateDatabase(_ context.Context, _ Settings, _ bool, _ io.Writer) error {
	return errors.New("migrating is not built yet")
}
