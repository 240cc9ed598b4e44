package chaos

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/test/postgres"
	"runyard/test/program"
)

// slowClients are what clients send before they only trickle on.
func slowClients(job made) map[string]string {
	return map[string]string{
		"a header that does not end": "GET /api/v4/version HTTP/1.1\r\nHost: runyard\r\nX-Trickle: ",
		"a body that does not end": "POST /api/v4/runners HTTP/1.1\r\nHost: runyard\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
			"Content-Length: 100000\r\n\r\ntoken=",
		"a body of a request that is refused": "POST /api/v4/projects HTTP/1.1\r\nHost: runyard\r\nContent-Type: application/json\r\n" +
			"Content-Length: 100000\r\n\r\n{",
		"a trace that does not end": fmt.Sprintf("PATCH /api/v4/jobs/%d/trace HTTP/1.1\r\nHost: runyard\r\nJob-Token: %s\r\n"+
			"Content-Type: text/plain\r\nContent-Range: 0-99999\r\nContent-Length: 100000\r\n\r\n", job.ID, job.Token),
		"an upload that does not end": fmt.Sprintf("POST /api/v4/jobs/%d/artifacts HTTP/1.1\r\nHost: runyard\r\nJob-Token: %s\r\n"+
			"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n--b\r\n"+
			"Content-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n", job.ID, job.Token),
		"nothing at all": "",
	}
}

func TestClientsThatTrickleAreCutOffAndHinderNobody(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	node := program.Serve(t, runyard, serving(postgres.NewDatabase(t), folder,
		"RUNYARD_CLIENT_TIMEOUT=3s", "RUNYARD_MAX_REQUESTS=2")...)
	c := newClient(t, node.URL(""))
	runner := c.register(t, nil)
	c.make(t, asRoot("POST", fmt.Sprintf("projects/%d/jobs", c.newProject(t, "slow")), object{"name": "job", "script": "true"}))
	job := c.make(t, askForJob(runner.Token, ""))

	cut := make(chan string)
	slow := slowClients(job)
	each := scaled(2, 20)
	var begun sync.WaitGroup
	for name, beginning := range slow {
		for range each {
			begun.Add(1)
			go func() {
				assert.True(t, trickle(t, node.Addr, beginning, sync.OnceFunc(begun.Done)), name)
				cut <- name
			}()
		}
	}
	begun.Wait()
	for range 20 { // nobody is being worked for: all of them are waited for aside
		c.must(t, http.StatusOK, asRoot("GET", "version", nil))
	}
	served, refused := 0, 0
	for range each * len(slow) {
		for waiting := true; waiting; {
			select {
			case <-cut:
				waiting = false
			default:
				got, err := c.do(t.Context(), asRoot("GET", "version", nil))
				require.NoError(t, err)
				if got.status == http.StatusServiceUnavailable {
					refused++ // the machine is busy
					continue
				}
				require.Equal(t, http.StatusOK, got.status)
				served++
			}
		}
	}
	t.Logf("%d slow clients of %d kinds were cut off; %d requests were served meanwhile, %d refused", each*len(slow), len(slow), served, refused)
	assert.Greater(t, served, 5*refused, "whoever is quick is served")
	require.Eventually(t, func() bool { return len(filesBelow(t, filepath.Join(folder, "uploads"))) == 0 }, patience, pollInterval,
		"nothing is left of uploads that were cut off")
}

func filesBelow(t *testing.T, folder string) []os.DirEntry {
	t.Helper()
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	return files
}

// trickle sends a beginning, and then a byte now and then; begun is called with the
// first of them. It tells whether the server put an end to it.
func trickle(t *testing.T, addr, beginning string, begun func()) bool {
	defer begun()
	connection, err := net.Dial("tcp", addr)
	if !assert.NoError(t, err) {
		return false
	}
	defer connection.Close() //nolint:errcheck // the server may have closed it
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, connection) // an answer may come before the end
	}()
	if _, err := io.WriteString(connection, beginning); err != nil {
		return true
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(patience); ; {
		select {
		case <-ended:
			return true
		case <-end:
			return false
		case <-tick.C:
			begun()
			if beginning != "" {
				_, _ = io.WriteString(connection, "a") // the reader notices the end
			}
		}
	}
}

func TestAClientThatDoesNotReadItsAnswerIsCutOff(t *testing.T) {
	t.Parallel()
	node := program.Serve(t, runyard, serving(postgres.NewDatabase(t), t.TempDir(), "RUNYARD_CLIENT_TIMEOUT=1s")...)
	c := newClient(t, node.URL(""))
	runner := c.register(t, nil)
	project := c.newProject(t, "slow")
	c.make(t, asRoot("POST", fmt.Sprintf("projects/%d/jobs", project), object{"name": "job", "script": "true"}))
	job := c.make(t, askForJob(runner.Token, ""))
	// More than the buffers of the system take.
	piece := []byte(strings.Repeat("x", 1<<20))
	for i := range 15 {
		c.must(t, http.StatusAccepted, request{"PATCH", fmt.Sprintf("jobs/%d/trace", job.ID), piece, map[string]string{
			"Job-Token": job.Token, "Content-Range": fmt.Sprintf("%d-%d", i<<20, (i+1)<<20-1),
		}})
	}
	connection, err := net.Dial("tcp", node.Addr)
	require.NoError(t, err)
	defer connection.Close() //nolint:errcheck // the server may have closed it
	require.NoError(t, connection.(*net.TCPConn).SetReadBuffer(1<<12))
	_, err = fmt.Fprintf(connection, "GET /api/v4/projects/%d/jobs/%d/trace HTTP/1.1\r\nHost: runyard\r\nPRIVATE-TOKEN: %s\r\n\r\n", project, job.ID, rootToken)
	require.NoError(t, err)
	begun := time.Now()
	require.Eventually(t, func() bool { return countLines(logLines(t, node), "client too slow") == 1 }, patience, pollInterval)
	t.Logf("of 15 MiB that were not read; cut off after %s with a patience of 1s", time.Since(begun).Round(time.Millisecond))
}
