// Package measures knows what the benchmark measures, and how.
package measures

import (
	"context"
	"fmt"

	"runyard/domain"
	"runyard/test/bench/dataset"
	"runyard/test/bench/floor"
	"runyard/test/bench/load"
	"runyard/test/bench/server"
)

// The secrets of the servers that are measured. They protect nothing.
const (
	SecretKey         = domain.Secret("the secret key of the benchmark, 32 bytes or more")
	rootToken         = "glpat-bench-root-token"
	registrationToken = "GR1348941bench-registration"
)

// Environment is what the product is started with.
func Environment(databaseURL, storage string, settings ...string) []string {
	environ := []string{
		"RUNYARD_LISTEN=127.0.0.1:0",
		"RUNYARD_LOG_FORMAT=json",
		"RUNYARD_DATABASE_URL=" + databaseURL,
		"RUNYARD_STORAGE=file:" + storage,
		"RUNYARD_SECRET_KEY=" + SecretKey.Reveal(),
		"RUNYARD_ROOT_TOKEN=" + rootToken,
		"RUNYARD_REGISTRATION_TOKEN=" + registrationToken,
		"RUNYARD_EXTERNAL_URL=" + floor.External,
		"RUNYARD_TRACE_LIMIT=1GiB",
		// Nobody works on the jobs, and none shall fail for that.
		"RUNYARD_PENDING_TIMEOUT=0s", "RUNYARD_UNMATCHED_TIMEOUT=0s", "RUNYARD_UNACKNOWLEDGED_TIMEOUT=0s",
		"RUNYARD_SILENT_TIMEOUT=0s", "RUNYARD_OVERTIME=0s",
	}
	return append(environ, settings...)
}

// Site is a database with the data set, and the servers on it. The product
// answers idle polls at once.
type Site struct {
	Data    dataset.Data
	Product *server.Server
	Floor   *server.Server
	Queue   *load.Queue
	// Another starts one more product on the same database, which knows nothing yet
	// and ends with the run.
	Another func(ctx context.Context) (*server.Server, error)
}

// offered is a job at an agent.
type offered struct {
	ID    int64
	Token string
}

func api(format string, args ...any) string { return "/api/v4" + fmt.Sprintf(format, args...) }
