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

// send sends a request n times over all connections together. It writes prepared
// bytes, because http.Client would need more of the processor than the server.
func send(ctx context.Context, address, request string, n int) error {
	group, ctx := errgroup.WithContext(ctx)
	var sent atomic.Int64
	for range connections {
		group.Go(func() error {
			connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
			if err != nil {
				return err
			}
			defer connection.Close() //nolint:errcheck // nothing is left to be sent
			answers := bufio.NewReader(connection)
			for sent.Add(1) <= int64(n) {
				if err := exchange(connection, answers, request); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// exchange sends one request and reads its answer.
func exchange(connection io.Writer, answers *bufio.Reader, request string) error {
	if _, err := io.WriteString(connection, request); err != nil {
		return err
	}
	response, err := http.ReadResponse(answers, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s: %s", response.Status, body)
	}
	return nil
}
