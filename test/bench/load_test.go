package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"
)

// hammer measures the same request b.N times.
func hammer(b *testing.B, address, request string) {
	b.Helper()
	// Connections, caches and pools are warm before the clock starts.
	if err := send(b.Context(), address, request, 10*connections); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	if err := send(b.Context(), address, request, b.N); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}

// send sends a request n times over all connections together.
func send(ctx context.Context, address, request string, n int) error {
	var sent atomic.Int64
	return overAll(ctx, address, func(_ int, c *connection) error {
		for sent.Add(1) <= int64(n) {
			if _, err := c.exchange(request); err != nil {
				return err
			}
		}
		return nil
	})
}

// overAll opens all connections and does the work on each at the same time. The
// work is told which connection it has: 0 to connections-1.
func overAll(ctx context.Context, address string, work func(i int, c *connection) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for i := range connections {
		group.Go(func() error {
			c, err := dial(ctx, address)
			if err != nil {
				return err
			}
			defer c.Close() //nolint:errcheck // nothing is left to be sent
			return work(i, c)
		})
	}
	return group.Wait()
}

// connection carries prepared bytes, because http.Client would need more of the
// processor than the server.
type connection struct {
	net.Conn
	answers *bufio.Reader
}

func dial(ctx context.Context, address string) (*connection, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &connection{c, bufio.NewReader(c)}, nil
}

// answer is what a server said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// exchange sends one request and reads its answer.
func (c *connection) exchange(request string) (answer, error) {
	if _, err := io.WriteString(c, request); err != nil {
		return answer{}, err
	}
	response, err := http.ReadResponse(c.answers, nil)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return answer{}, fmt.Errorf("%s: %s", response.Status, body)
	}
	return answer{response.StatusCode, response.Header, body}, nil
}
