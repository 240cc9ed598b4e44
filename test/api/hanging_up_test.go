package api_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// patientRunners is storage that answers when nobody wants to know any more.
type patientRunners struct{ ports.RunnerRepository }

// Find waits for the end of the request.
func (patientRunners) Find(ctx context.Context, _ domain.RunnerID) (*domain.Runner, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// Whoever hangs up in the middle is no failure of ours: who is woken by those
// would be woken by every client that loses its patience. One that only says
// that nothing more will come may still read the answer.
func TestAClientThatHangsUpIsNoFailure(t *testing.T) {
	t.Parallel()
	store := fixture.SQLite(t)
	store.Runners = patientRunners{store.Runners}
	a := apitest.New(t, store)
	connection, err := net.Dial("tcp", strings.TrimPrefix(a.Listen(), "http://"))
	require.NoError(t, err)
	defer connection.Close() //nolint:errcheck // the server may have closed it
	_, err = io.WriteString(connection, "GET /api/v4/runners/1 HTTP/1.1\r\nHost: runyard\r\nPRIVATE-TOKEN: "+a.Root+"\r\n\r\n")
	require.NoError(t, err)
	require.NoError(t, connection.(*net.TCPConn).CloseWrite())

	response, err := http.ReadResponse(bufio.NewReader(connection), nil)

	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.Equal(t, 499, response.StatusCode)
	assert.Equal(t, `{"message":"499 Client Closed Request"}`, string(body))
	metrics := a.Do("GET", "/-/metrics").Body
	assert.True(t, strings.Contains(metrics, `route="/api/v4/runners/:id",status="499"`), "it is counted as what it is")
	assert.False(t, strings.Contains(metrics, `status="5`), "and as nothing else")
}
