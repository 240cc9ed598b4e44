package chaos

import (
	"context"
	"fmt"
	"net/url"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/postgres/cluster"
	"runyard/test/program"
)

func TestThePromotionOfAReplicaIsSurvived(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(ctx context.Context, primary *cluster.Cluster) error{
		"after the primary died": func(_ context.Context, primary *cluster.Cluster) error {
			return primary.Kill(syscall.SIGKILL)
		},
		// It answers as before, but writes are refused: connections to it look fine.
		"while the primary lives on without taking writes": func(ctx context.Context, primary *cluster.Cluster) error {
			if err := primary.Execute(ctx, "ALTER SYSTEM SET default_transaction_read_only = on"); err != nil {
				return err
			}
			return primary.Execute(ctx, "SELECT pg_reload_conf()")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			promote(t, lose)
		})
	}
}

func promote(t *testing.T, lose func(ctx context.Context, primary *cluster.Cluster) error) {
	t.Helper()
	primary := startPostgreSQL(t)
	replica, err := primary.Replica(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, replica.Stop()) })
	// What is acknowledged must be on the replica as well, to be there afterwards.
	require.NoError(t, primary.Execute(t.Context(), "ALTER SYSTEM SET synchronous_standby_names = '*'"))
	require.NoError(t, primary.Execute(t.Context(), "SELECT pg_reload_conf()"))

	node := program.Serve(t, runyard, serving(bothHosts(t, primary, replica), t.TempDir())...)
	c := newClient(t, node.URL(""))
	var known []made
	for range 20 {
		known = append(known, c.register(t, nil))
	}
	require.NoError(t, lose(t.Context(), primary))
	register := request{method: "POST", path: "runners", body: object{"token": registrationToken}}
	c.await(t, register, func(r reply) bool { return r.status == 503 })
	require.NoError(t, replica.Promote(t.Context()))
	took := c.await(t, register, reply.ok)
	c.await(t, request{method: "GET", path: "/-/readiness"}, reply.ok)
	for _, runner := range known {
		c.must(t, 200, asRoot("GET", fmt.Sprintf("runners/%d", runner.ID), nil))
	}
	for range 50 { // none of the pool leads to the old primary
		c.register(t, nil)
	}
	t.Logf("writes went on %s after the promotion (promised: 10s)", took.Round(time.Millisecond))
	assert.Less(t, took, promised(10*time.Second))
}

// bothHosts names both, and asks for the one that takes writes.
func bothHosts(t *testing.T, primary, replica *cluster.Cluster) string {
	t.Helper()
	u, err := url.Parse(primary.URL())
	require.NoError(t, err)
	password, _ := u.User.Password()
	return fmt.Sprintf("postgres://%s:%s@%s,%s/postgres?sslmode=disable&target_session_attrs=read-write",
		u.User.Username(), password, primary.Addr(), replica.Addr())
}
