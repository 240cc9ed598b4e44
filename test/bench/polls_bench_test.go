package bench

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// pollingRunners are shared equally among the connections.
const pollingRunners = 64 * connections

// BenchmarkPolls measures requests for work when there is none, and beside them
// an empty gin handler under the same load. Long polling is off: with it the
// server would wait, not work.
func BenchmarkPolls(b *testing.B) {
	b.Run("yardstick", BenchmarkYardstick)
	for _, database := range databases {
		b.Run(database.name, func(b *testing.B) {
			server := serve(b, database, "RUNYARD_LONG_POLL=0s")
			pollers := register(b, server.Addr, pollingRunners)
			poll := func(b *testing.B, n int) {
				require.NoError(b, overAll(b.Context(), server.Addr, func(i int, c *connection) error {
					for ; i < n; i += connections {
						if err := pollers[i%pollingRunners].poll(c); err != nil {
							return err
						}
					}
					return nil
				}))
			}
			poll(b, pollingRunners) // so that the server knows all of them
			b.Run("idle", func(b *testing.B) {
				poll(b, b.N)
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "polls/s")
			})
		})
	}
}
