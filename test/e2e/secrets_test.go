package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/program"
)

// The program that tells most in its log tells no secret: neither those of its
// settings nor those that clients send, however broken the request.
func TestTheLogOfTheProgramTellsNoSecret(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database string) {
		const canary = "canary-bird-in-a-request"
		server := program.Serve(t, runyard, withTokens(database,
			"RUNYARD_SECRET_KEY="+secretKey, "RUNYARD_LOG_LEVEL=debug")...)
		for _, request := range []string{
			"GET /api/v4/user?private_token=" + canary + " HTTP/1.1\r\nHost: x\r\n\r\n",
			"GET /api/v4/user HTTP/1.1\r\nHost: x\r\nPRIVATE-TOKEN: " + canary + "\r\n\r\n",
			"GET /api/v4/user HTTP/1.1\r\nPRIVATE-TOKEN: " + canary + "\r\n\r\n", // no Host
			canary + " / " + canary + "\r\n\r\n",
			"GET /" + canary + "%zz HTTP/1.1\r\nHost: x\r\n\r\n",
			"POST /api/v4/runners HTTP/1.1\r\nHost: x\r\nContent-Length: " + canary + "\r\n\r\n",
			"POST /api/v4/runners HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"token\":\"" + canary,
			"POST /api/v4/runners HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n" + canary,
			"PATCH /api/v4/jobs/1/trace?token=" + canary + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Range: " + canary + "\r\n\r\n",
			"\x16\x03\x01" + canary, // as if it were TLS
		} {
			send(t, server, request)
		}
		for _, token := range []string{rootToken, registrationToken} {
			response, err := http.Get(server.URL("/api/v4/runners?private_token=" + token))
			require.NoError(t, err)
			response.Body.Close()
		}
		metrics := scrape(t, server)
		server.Signal(syscall.SIGTERM)
		result := server.Wait()
		for _, secret := range []string{canary, rootToken, registrationToken, secretKey} {
			assert.NotContains(t, result.Stderr, secret)
			assert.NotContains(t, result.Stdout, secret)
			assert.NotContains(t, metrics, secret)
		}
		require.Contains(t, result.Stderr, "listening", "there is a log")
	})
}

// send writes bytes to the server and reads what it says until it hangs up.
func send(t *testing.T, server *program.Process, request string) {
	t.Helper()
	connection, err := net.Dial("tcp", server.Addr)
	require.NoError(t, err)
	defer connection.Close() //nolint:errcheck // the server may have closed it
	_, err = fmt.Fprint(connection, strings.Replace(request, "Host: x\r\n", "Host: x\r\nConnection: close\r\n", 1))
	require.NoError(t, err)
	require.NoError(t, connection.(*net.TCPConn).CloseWrite())
	_, _ = io.Copy(io.Discard, connection) // it may cut the connection
}
