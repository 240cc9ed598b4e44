// Package bench measures how many requests per second the built program answers
// over a real socket. `make bench` runs it.
package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"runyard/test/postgres"
	"runyard/test/program"
)

const (
	rootToken         = "glpat-root-token-of-the-benchmark"
	registrationToken = "GR1348941registration-token-of-the-benchmark"

	connections = 16
	runners     = 1000
)

// runyard and yardstick are the paths of the built programs.
var runyard, yardstick string

func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (code int, err error) {
	folder, err := os.MkdirTemp("", "runyard-bench-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a folder left in /tmp is no reason to fail
	if runyard, err = program.Build(folder, "runyard/cmd/runyard"); err != nil {
		return 0, err
	}
	if yardstick, err = program.Build(folder, "runyard/test/bench/yardstick"); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// BenchmarkYardstick is an empty gin handler under the same load.
func BenchmarkYardstick(b *testing.B) {
	server := program.Serve(b, yardstick)
	hammer(b, server.Addr, "GET / HTTP/1.1\r\nHost: yardstick\r\n\r\n")
}

// database is one that Runyard supports.
type database struct {
	name   string
	newURL func(testing.TB) string
}

// databases are all of them.
var databases = []database{
	{"SQLite", func(b testing.TB) string { return "sqlite:" + filepath.Join(b.TempDir(), "runyard.db") }},
	{"PostgreSQL", postgres.NewDatabase},
}

// serve starts Runyard on a fresh database.
func serve(b *testing.B, on database, settings ...string) *program.Process {
	b.Helper()
	return program.Serve(b, runyard, append(settings, "RUNYARD_DATABASE_URL="+on.newURL(b),
		"RUNYARD_ROOT_TOKEN="+rootToken, "RUNYARD_REGISTRATION_TOKEN="+registrationToken)...)
}

// BenchmarkRunyard reads runners on both databases.
func BenchmarkRunyard(b *testing.B) {
	for _, database := range databases {
		b.Run(database.name, func(b *testing.B) {
			server := serve(b, database)
			fill(b, server.Addr)
			b.Run("GET runners all", func(b *testing.B) {
				hammer(b, server.Addr, get("/api/v4/runners/all"))
			})
			b.Run("GET runners id", func(b *testing.B) {
				hammer(b, server.Addr, get("/api/v4/runners/500"))
			})
		})
	}
}

func get(path string) string {
	return "GET " + path + " HTTP/1.1\r\nHost: runyard\r\nPRIVATE-TOKEN: " + rootToken + "\r\n\r\n"
}

// fill registers the runners.
func fill(b *testing.B, address string) {
	b.Helper()
	require.NoError(b, send(b.Context(), address, registration(), runners))
}

// registration is the request that registers a runner.
func registration() string {
	body := "token=" + registrationToken + "&description=a+runner&tag_list=linux,docker&info[name]=gitlab-runner"
	return fmt.Sprintf("POST /api/v4/runners HTTP/1.1\r\nHost: runyard\r\nContent-Type: application/x-www-form-urlencoded\r\n"+
		"Content-Length: %d\r\n\r\n%s", len(body), body)
}
