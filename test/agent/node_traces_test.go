package agent_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/s3store"
	"runyard/domain"
	"runyard/ports"
	"runyard/test/agent"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// slowTraces is a store that keeps the first piece waiting: the network between,
// or the node itself, was held up.
type slowTraces struct {
	ports.TraceStore
	once            sync.Once
	arrived, resume chan struct{}
}

// Write implements ports.TraceStore.
func (s *slowTraces) Write(ctx context.Context, trace ports.TraceID, offset int64, chunk []byte) error {
	s.once.Do(func() {
		close(s.arrived)
		<-s.resume
	})
	return s.TraceStore.Write(ctx, trace, offset, chunk)
}

// traceStores are the places where two nodes can keep traces.
var traceStores = map[string]func(t *testing.T) func(files ports.TraceStore) ports.TraceStore{
	"a directory": func(*testing.T) func(ports.TraceStore) ports.TraceStore {
		return func(files ports.TraceStore) ports.TraceStore { return files }
	},
	"a bucket": func(t *testing.T) func(ports.TraceStore) ports.TraceStore {
		server := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
		t.Cleanup(server.Close)
		store, err := s3store.Open(t.Context(), s3store.Config{
			Endpoint: server.Listener.Addr().String(), Insecure: true, Region: "us-east-1", Bucket: "runyard",
			AccessKey: "key", SecretKey: "secret",
		})
		require.NoError(t, err)
		return func(ports.TraceStore) ports.TraceStore { return store.Traces() }
	},
}

// twoNodes is a lab with a node whose first piece of a trace is held up, and
// another node beside it.
func twoNodes(t *testing.T, traces func(ports.TraceStore) ports.TraceStore) (l *lab, slow *slowTraces, other *apitest.API) {
	t.Helper()
	slow = &slowTraces{arrived: make(chan struct{}), resume: make(chan struct{})}
	l = newLab(t, fixture.PostgreSQL(t), func(c *apitest.Config) {
		c.Traces = func(files ports.TraceStore) ports.TraceStore {
			slow.TraceStore = traces(files)
			return slow
		}
	})
	other = apitest.New(t, l.Again(t), apitest.Beside(l.API), func(c *apitest.Config) { c.Traces = traces })
	return l, slow, other
}

func TestAPieceThatIsHeldUpInOneNodeTakesNothingFromWhatAnotherAppended(t *testing.T) {
	t.Parallel()
	for name, open := range traceStores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, slow, other := twoNodes(t, open(t))
			l.enqueue("")
			job := l.agent().MustAsk()
			held := make(chan agent.Answer, 1)
			go func() { held <- job.Patch(0, []byte("hello "), "") }()
			<-slow.arrived

			again := job.Through(agent.New(t, agent.V19, other.Listen(), ""))
			require.Equal(t, http.StatusAccepted, again.Push("hello world\n").Status)
			require.Equal(t, http.StatusAccepted, again.Push("and more\n").Status)
			close(slow.resume)
			late := <-held
			assert.Equal(t, http.StatusRequestedRangeNotSatisfiable, late.Status)
			assert.Equal(t, "0-21", late.Header.Get("Range"))
			assert.Equal(t, "hello world\nand more\n", l.trace(job.ID))
			assert.Equal(t, http.StatusOK, again.Finish("success", nil).Status)
			assert.Equal(t, "hello world\nand more\n", l.trace(job.ID))
		})
	}
}

func TestAPieceThatIsHeldUpUntilTheTraceIsSentAgainTakesNothingFromThat(t *testing.T) {
	t.Parallel()
	for name, open := range traceStores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, slow, other := twoNodes(t, open(t))
			l.enqueue("")
			job := l.agent().MustAsk()
			held := make(chan agent.Answer, 1)
			go func() { held <- job.Patch(0, []byte("something else"), "") }()
			<-slow.arrived

			again := job.Through(agent.New(t, agent.V19, other.Listen(), ""))
			require.Equal(t, http.StatusAccepted, again.Patch(0, []byte("damaged\n"), "").Status)
			again.Log = []byte("hello\n")
			require.Equal(t, http.StatusPreconditionFailed, again.Report("success", nil).Status)
			require.Equal(t, http.StatusAccepted, again.Push("").Status)
			close(slow.resume)
			assert.Equal(t, http.StatusRequestedRangeNotSatisfiable, (<-held).Status)
			assert.Equal(t, http.StatusOK, again.Finish("success", nil).Status)
			assert.Equal(t, "hello\n", l.trace(job.ID))
		})
	}
}

func TestAPieceThatIsHeldUpUntilTheProjectIsGoneLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, open := range traceStores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, slow, other := twoNodes(t, open(t))
			l.enqueue("")
			job := l.agent().MustAsk()
			held := make(chan agent.Answer, 1)
			go func() { held <- job.Patch(0, []byte("hello"), "") }()
			<-slow.arrived
			require.Equal(t, http.StatusAccepted, other.Do(http.MethodDelete, "projects/1", apitest.As(l.Root)).Status)
			close(slow.resume)
			assert.Equal(t, http.StatusForbidden, (<-held).Status)
			trace, err := slow.Open(t.Context(), ports.TraceID{Job: domain.JobID(job.ID)}, 1)
			require.NoError(t, err)
			defer func() { require.NoError(t, trace.Close()) }()
			_, err = trace.Read(make([]byte, 1))
			require.Error(t, err, "there is a trace")
		})
	}
}
