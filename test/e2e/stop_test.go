package e2e

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gitlab "gitlab.com/gitlab-org/api/client-go/v2"

	"runyard/test/program"
)

func TestARunningRequestIsAnsweredAfterSIGTERM(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, url string) {
		server := program.Serve(t, runyard, withTokens(url)...)
		connection := dial(t, server)
		answers := bufio.NewReader(connection)
		body := "token=" + registrationToken
		_, err := fmt.Fprintf(connection, "POST /api/v4/runners HTTP/1.1\r\nHost: runyard\r\nContent-Type: application/x-www-form-urlencoded\r\n"+
			"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(body))
		require.NoError(t, err)
		// The server says "100 Continue" when the request asks for its body: it runs.
		status, err := answers.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, "HTTP/1.1 100 Continue\r\n", status)
		_, err = answers.ReadString('\n')
		require.NoError(t, err)

		server.Signal(syscall.SIGTERM)
		awaitRefusal(t, server)
		_, err = connection.Write([]byte(body))
		require.NoError(t, err)
		response, err := http.ReadResponse(answers, nil)
		require.NoError(t, err)
		defer response.Body.Close()
		assert.Equal(t, http.StatusCreated, response.StatusCode)
		result := server.Wait()
		assert.Zero(t, result.Code, result.Stderr)
	})
}

func TestARequestThatOutlastsTheGraceIsCutOff(t *testing.T) {
	t.Parallel()
	server := program.Serve(t, runyard, "RUNYARD_DATABASE_URL=sqlite::memory:", "RUNYARD_SHUTDOWN_GRACE=50ms")
	connection := dial(t, server)
	_, err := fmt.Fprint(connection, "POST /api/v4/runners HTTP/1.1\r\nHost: runyard\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
	require.NoError(t, err)
	_, err = bufio.NewReader(connection).ReadString('\n')
	require.NoError(t, err)
	server.Signal(syscall.SIGTERM)
	assert.Zero(t, server.Wait().Code)
}

func dial(t *testing.T, server *program.Process) net.Conn {
	t.Helper()
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() }) // the server may have closed it
	require.NoError(t, connection.SetDeadline(time.Now().Add(time.Minute)))
	return connection
}

// awaitRefusal waits until the server takes no new connections.
func awaitRefusal(t *testing.T, server *program.Process) {
	t.Helper()
	require.Eventually(t, func() bool {
		connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Addr)
		if err != nil {
			return true
		}
		return connection.Close() != nil
	}, time.Minute, time.Millisecond)
}

func TestWhatWasAcknowledgedSurvivesKillingTheProcess(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, url string) {
		server := program.Serve(t, runyard, withTokens(url)...)
		acknowledged := writeUntilKilled(t, server)
		require.Equal(t, -1, server.Wait().Code, "a signal ended it")

		again := program.Serve(t, runyard, withTokens(url)...)
		root := newClient(t, again, rootToken)
		for _, runner := range acknowledged {
			assert.Equal(t, http.StatusOK, verifyAt(t, again, runner.Token))
			details, _, err := root.Runners.GetRunnerDetails(runner.ID)
			require.NoError(t, err)
			assert.Equal(t, []string{"kept", "whole"}, details.TagList)
		}
		runners, _, err := root.Runners.ListAllRunners(&gitlab.ListRunnersOptions{
			TagList: &[]string{"kept", "whole"}, ListOptions: gitlab.ListOptions{PerPage: 100},
		})
		require.NoError(t, err)
		assert.Subset(t, idsOf(runners), idsOf(acknowledged), "the tags can be searched for")
	})
}

// writeUntilKilled lets several clients register runners, kills the server in
// the midst of it, and returns the runners whose registration was answered.
func writeUntilKilled(t *testing.T, server *program.Process) []*gitlab.Runner {
	t.Helper()
	const writers, enough = 4, 40
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	answers := make(chan *gitlab.Runner)
	var running sync.WaitGroup
	for range writers {
		client := newClient(t, server, rootToken)
		running.Go(func() {
			for {
				runner, _, err := client.Runners.RegisterNewRunner(&gitlab.RegisterNewRunnerOptions{
					Token: new(registrationToken), TagList: &[]string{"kept", "whole"},
				}, gitlab.WithContext(ctx))
				if err != nil {
					return // the server is gone
				}
				answers <- runner
			}
		})
	}
	go func() {
		running.Wait()
		close(answers)
	}()
	var acknowledged []*gitlab.Runner
	for runner := range answers {
		acknowledged = append(acknowledged, runner)
		if len(acknowledged) == enough {
			server.Signal(syscall.SIGKILL)
		}
	}
	require.GreaterOrEqual(t, len(acknowledged), enough)
	return acknowledged
}
