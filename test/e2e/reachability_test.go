package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/program"
)

func TestTwoProcessesMayStartAtOnceOnOneEmptyDatabase(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, url string) {
		both := program.ServeTogether(t, 2, runyard, withTokens(url)...)
		for i, server := range both {
			requireTokensWork(t, server, rootToken, registrationToken)
			// Both have the same key: what one makes, the other knows.
			assert.Equal(t, http.StatusOK, verifyAt(t, both[1-i], registerAt(t, server, registrationToken)))
		}
	})
}

func TestAPathPrefixIsServedAndStandsInLinks(t *testing.T) {
	t.Parallel()
	server := program.Serve(t, runyard,
		withTokens("sqlite::memory:", "RUNYARD_EXTERNAL_URL=https://ci.example.com/tools/runyard/")...)
	for range 3 {
		registerAt(t, server, registrationToken)
	}
	for _, path := range []string{"/api/v4/runners/all", "/tools/runyard/api/v4/runners/all"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL(path+"?per_page=1&page=2"), nil)
		require.NoError(t, err)
		request.Header.Set("PRIVATE-TOKEN", rootToken)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusOK, response.StatusCode, path)
		const link = "<https://ci.example.com/tools/runyard/api/v4/runners/all?"
		assert.Equal(t, link+`page=1&per_page=1>; rel="prev", `+link+`page=3&per_page=1>; rel="next", `+
			link+`page=1&per_page=1>; rel="first", `+link+`page=3&per_page=1>; rel="last"`, response.Header.Get("Link"), path)
	}
	for _, path := range []string{"/-/liveness", "/-/readiness", "/tools/runyard/-/readiness"} {
		status, body := sendMultipart(t, http.MethodGet, server.URL(path), "")
		assert.Equal(t, http.StatusOK, status, path)
		assert.Equal(t, `{"status":"ok"}`, body, path)
	}
	_, body := sendMultipart(t, http.MethodGet, server.URL("/api/v4/user"), rootToken)
	assert.Contains(t, body, `"web_url":"https://ci.example.com/tools/runyard/root"`)
	assert.Contains(t, server.Stdout(), "https://ci.example.com/tools/runyard/api/v4")
}
