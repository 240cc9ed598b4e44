// Package load brings the data set of the benchmark into a database whose schema
// is there already, as fast as the database takes it.
package load

import (
	"context"
	"io"
	"strings"

	"github.com/schollz/progressbar/v3"

	"runyard/test/bench/dataset"
)

// Into loads all of the data into the empty database that the URL names. The
// statistics of the tables are up to date afterwards. Progress goes to output.
func Into(ctx context.Context, databaseURL string, data dataset.Data, output io.Writer) error {
	tables := data.Tables()
	rows := 0
	for _, table := range tables {
		rows += table.Count
	}
	bar := progressbar.NewOptions(rows, progressbar.OptionSetWriter(output), progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(20), progressbar.OptionThrottle(progressInterval), progressbar.OptionSetRenderBlankState(true))
	defer io.WriteString(output, "\n") //nolint:errcheck // only the look of the terminal
	progress := func(table string, rows int) {
		bar.Describe(table)
		_ = bar.Add(rows) // a bar that cannot be drawn is no reason to stop
	}
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		return intoSQLite(ctx, path, tables, progress)
	}
	return intoPostgreSQL(ctx, databaseURL, tables, progress)
}
