package e2e

import (
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/program"
)

var (
	metricType = regexp.MustCompile(`(?m)^# TYPE (runyard_\S+) `)
	metricName = regexp.MustCompile("`(runyard_[a-z_]+)")
)

// The page for operators names each metric that there is, and no other.
func TestTheOperationsPageNamesEveryMetric(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	require.NoError(t, err)
	named := map[string]bool{}
	for _, match := range metricName.FindAllStringSubmatch(string(page), -1) {
		named[match[1]] = true
	}
	require.NotEmpty(t, named)
	eachDatabase(t, func(t *testing.T, url string) {
		server := program.Serve(t, runyard, withTokens(url)...)
		_, err := registerOnce(server)
		require.NoError(t, err)
		told := map[string]bool{}
		text := scrape(t, server)
		for _, match := range metricType.FindAllStringSubmatch(text, -1) {
			told[match[1]] = true
		}
		assert.Equal(t, slices.Sorted(maps.Keys(told)), slices.Sorted(maps.Keys(named)))
		for _, line := range []string{
			`runyard_jobs{status="pending"} 0`, `runyard_job_handovers_total{runner_type="project_type"} 0`,
			`runyard_jobs_given_up_total{reason="no_updates_running"} 0`, `runyard_held_requests 0`, `runyard_throttled_requests_total 0`,
		} {
			assert.Contains(t, text, line+"\n", "it is there before anything happens")
		}
		assert.Regexp(t, `runyard_sql_connections_max [1-9]`, text)
		assert.Regexp(t, `runyard_sql_statements_total [1-9]`, text)
	})
}

func scrape(t *testing.T, server *program.Process) string {
	t.Helper()
	response, err := http.Get(server.URL("/-/metrics"))
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return strings.ReplaceAll(string(body), "\r", "")
}
