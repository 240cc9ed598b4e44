// Package chaos breaks things on purpose and looks whether Runyard keeps what
// docs/guarantees.md promises. Every fault is injected by means of its own: a
// PostgreSQL cluster, proxies between processes, and the processes themselves.
//
// The tests are short, unless CHAOS=full asks for all of it, as `make chaos`
// does. CHAOS_SEED repeats the decisions of an earlier run.
package chaos

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"runyard/test/postgres/cluster"
	"runyard/test/program"
)

// runyard is the path of the program under test.
var runyard string

func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (code int, err error) {
	folder, err := os.MkdirTemp("", "runyard-chaos-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a folder left in /tmp is no reason to fail
	if runyard, err = program.Build(folder, "runyard/cmd/runyard"); err != nil {
		return 0, err
	}
	// The proxy leaves a goroutine behind of some connections that it cuts.
	return program.RunTests(m, goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"))
}

// scaled chooses between the short version of a test and the full one.
func scaled[T any](short, full T) T {
	if os.Getenv("CHAOS") == "full" {
		return full
	}
	return short
}

// promised is what a test allows for something that docs/guarantees.md bounds: the
// bound itself in the full version, which has the machine for itself, and several
// times as much in the short one, which runs beside all other tests.
func promised[T time.Duration | float64](bound T) T { return scaled(5*bound, bound) }

// newRand is a source of decisions that can be repeated. The order in which
// processes come to act is chance all the same.
func newRand(t *testing.T) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	if given := os.Getenv("CHAOS_SEED"); given != "" {
		var err error
		seed, err = strconv.ParseUint(given, 10, 64)
		require.NoError(t, err)
	}
	t.Logf("CHAOS_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// The tokens that the tests give to the program.
const (
	rootToken         = "glpat-root-token-of-the-tests"
	registrationToken = "GR1348941registration-token-of-the-tests"
	secretKey         = "the key of the tests, of more than 32 bytes"
)

// serving is the environment of a node whose tokens the tests know. Nodes on the
// same database share the folder of traces.
func serving(url, folder string, more ...string) []string {
	return append([]string{
		"RUNYARD_DATABASE_URL=" + url, "RUNYARD_STORAGE=file:" + folder, "RUNYARD_ROOT_TOKEN=" + rootToken,
		"RUNYARD_REGISTRATION_TOKEN=" + registrationToken, "RUNYARD_SECRET_KEY=" + secretKey,
	}, more...)
}

// startPostgreSQL starts a server that may be killed.
func startPostgreSQL(t *testing.T) *cluster.Cluster {
	t.Helper()
	bin, err := cluster.FindPrograms(t.Context())
	require.NoError(t, err)
	c, err := cluster.StartDurable(t.Context(), bin)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Stop()) })
	return c
}

func newSQLite(t *testing.T) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "runyard.db")
}
