package chaos

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/program"
)

func TestConnectionsBeyondTheLimitWaitForAnotherToEnd(t *testing.T) {
	t.Parallel()
	node := program.Serve(t, runyard, serving("sqlite::memory:", t.TempDir(), "RUNYARD_MAX_CONNECTIONS=2")...)
	first, second, third := connect(t, node), connect(t, node), connect(t, node)
	require.NoError(t, first.ask(patience))
	require.NoError(t, second.ask(patience))
	require.ErrorIs(t, third.ask(200*time.Millisecond), os.ErrDeadlineExceeded)
	require.NoError(t, first.Close())
	assert.NoError(t, third.listen(patience), "it is its turn")
}

// connection is one that is kept.
type connection struct {
	net.Conn
	answers *bufio.Reader
}

func connect(t *testing.T, node *program.Process) *connection {
	t.Helper()
	conn, err := net.Dial("tcp", node.Addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() }) // the server may have closed it
	return &connection{conn, bufio.NewReader(conn)}
}

// ask asks for a sign of life, and waits for it no longer than that.
func (c *connection) ask(longest time.Duration) error {
	if _, err := io.WriteString(c, "GET /-/liveness HTTP/1.1\r\nHost: runyard\r\n\r\n"); err != nil {
		return err
	}
	return c.listen(longest)
}

func (c *connection) listen(longest time.Duration) error {
	if err := c.SetReadDeadline(time.Now().Add(longest)); err != nil {
		return err
	}
	response, err := http.ReadResponse(c.answers, nil)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

func TestAHeaderThatIsTooLongIsRefused(t *testing.T) {
	t.Parallel()
	node := program.Serve(t, runyard, serving("sqlite::memory:", t.TempDir())...)
	c := newClient(t, node.URL(""))
	long := request{method: "GET", path: "/-/liveness", header: map[string]string{"X-Long": strings.Repeat("x", 60<<10)}}
	c.must(t, http.StatusOK, long)
	long.header["X-Long"] = strings.Repeat("x", 80<<10)
	// The server does not read to the end, so that its answer may get lost.
	if got, err := c.do(t.Context(), long); err == nil {
		assert.Equal(t, http.StatusRequestHeaderFieldsTooLarge, got.status)
	}
}
