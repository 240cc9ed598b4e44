package contract

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
)

// TraceStore checks what ports.TraceStore promises; open makes an empty one.
func TraceStore(t *testing.T, open func(t *testing.T) ports.TraceStore) {
	t.Helper()
	for sentence, test := range map[string]func(*testing.T, ports.TraceStore){
		"Write appends at the end":                            traceAppends,
		"Write of what is there takes nothing away":           traceKeepsMore,
		"Write of part of a chunk takes nothing away":         traceKeepsChunks,
		"Write goes on in the middle of what did not count":   traceGoesOn,
		"Write of nothing takes nothing away":                 traceTakesNothing,
		"Write of a repaired trace leaves the one before it":  traceIsRepaired,
		"Write after a gap leaves no bytes that nobody wrote": traceHasNoInventedBytes,
		"Write keeps every byte as it is":                     traceKeepsBytes,
		"Write goes to the trace of its job alone":            tracesAreApart,
		"Write takes the traces of many jobs at once":         tracesGrowAtOnce,
		"Open reads no more than it was asked for":            traceIsReadInPart,
		"Open reads a beginning while the trace grows":        traceGrowsMeanwhile,
		"Open of nothing reads nothing":                       traceIsEmpty,
		"Open leaves it to the reader to miss bytes":          traceMissesBytes,
		"Delete removes all of it":                            traceIsDeleted,
		"Delete of no trace is no error":                      traceIsDeletedTwice,
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

const someJob, otherJob = domain.JobID(7), domain.JobID(7 + 256)

// write stores the chunks one after the other, from the byte offset on.
func write(t *testing.T, store ports.TraceStore, offset int64, chunks ...string) {
	t.Helper()
	for _, chunk := range chunks {
		require.NoError(t, store.Write(t.Context(), ports.TraceID{Job: someJob}, offset, []byte(chunk)))
		offset += int64(len(chunk))
	}
}

func readTrace(t *testing.T, store ports.TraceStore, job domain.JobID, size int) (string, error) {
	t.Helper()
	reader, err := store.Open(t.Context(), ports.TraceID{Job: job}, int64(size))
	require.NoError(t, err)
	content, err := io.ReadAll(reader)
	require.NoError(t, reader.Close())
	return string(content), err
}

// assertTrace checks that the trace has this content and no byte more.
func assertTrace(t *testing.T, store ports.TraceStore, want string) {
	t.Helper()
	got, err := readTrace(t, store, someJob, len(want))
	require.NoError(t, err)
	assert.Equal(t, want, got)
	got, err = readTrace(t, store, someJob, len(want)+1)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, want, got)
}

func traceAppends(t *testing.T, store ports.TraceStore) {
	write(t, store, 0, "one ", "two ", "three")
	assertTrace(t, store, "one two three")
}

func traceKeepsMore(t *testing.T, store ports.TraceStore) {
	write(t, store, 0, "one ")
	write(t, store, 0, "one two ") // the agent had more to say by then
	write(t, store, 8, "three")
	write(t, store, 0, "one ")
	assertTrace(t, store, "one two three")
	write(t, store, 13, " four")
	assertTrace(t, store, "one two three four")
}

func traceKeepsChunks(t *testing.T, store ports.TraceStore) {
	write(t, store, 0, "one ", "two ", "three ", "four")
	write(t, store, 4, "t")
	write(t, store, 6, "o thr")
	write(t, store, 1, "ne two three fo")
	assertTrace(t, store, "one two three four")
}

func traceGoesOn(t *testing.T, store ports.TraceStore) {
	write(t, store, 0, "one ", "two and much ")
	write(t, store, 4, "two", " three", " four")
	got, err := readTrace(t, store, someJob, 18)
	require.NoError(t, err)
	assert.Equal(t, "one two three four", got)
}

func traceTakesNothing(t *testing.T, store ports.TraceStore) {
	write(t, store, 0, "one ", "two ", "three")
	write(t, store, 6, "")
	write(t, store, 0, "")
	assertTrace(t, store, "one two three")
}

func traceIsRepaired(t *testing.T, store ports.TraceStore) {
	write(t, store, 0, "damaged ", "for ", "ever")
	repaired := ports.TraceID{Job: someJob, Repaired: true}
	require.NoError(t, store.Write(t.Context(), repaired, 0, []byte("all ")))
	require.NoError(t, store.Write(t.Context(), repaired, 4, []byte("is well")))
	write(t, store, 4, "ged for") // held up since before
	reader, err := store.Open(t.Context(), repaired, 11)
	require.NoError(t, err)
	content, err := io.ReadAll(reader)
	require.NoError(t, err)
	require.NoError(t, reader.Close())
	assert.Equal(t, "all is well", string(content))
	require.NoError(t, store.Delete(t.Context(), someJob))
	for _, trace := range []ports.TraceID{repaired, {Job: someJob}} {
		reader, err := store.Open(t.Context(), trace, 1)
		require.NoError(t, err)
		_, err = io.ReadAll(reader)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.NoError(t, reader.Close())
	}
}

func traceHasNoInventedBytes(t *testing.T, store ports.TraceStore) {
	write(t, store, 0, "one")
	err := store.Write(t.Context(), ports.TraceID{Job: someJob}, 5, []byte("two"))
	got, readErr := readTrace(t, store, someJob, 8)
	assert.Equal(t, "one", got)
	require.ErrorIs(t, readErr, io.ErrUnexpectedEOF)
	if err == nil {
		return // an adapter need not notice before somebody reads
	}
	require.Error(t, store.Write(t.Context(), ports.TraceID{Job: otherJob}, 5, []byte("two")))
}

func traceKeepsBytes(t *testing.T, store ports.TraceStore) {
	content := make([]byte, 1<<20)
	for i := range content {
		content[i] = byte(i ^ i>>8)
	}
	write(t, store, 0, string(content), "\r\x1b[0K\x00\xff")
	assertTrace(t, store, string(content)+"\r\x1b[0K\x00\xff")
}

func tracesAreApart(t *testing.T, store ports.TraceStore) {
	write(t, store, 0, "mine")
	require.NoError(t, store.Write(t.Context(), ports.TraceID{Job: otherJob}, 0, []byte("yours")))
	write(t, store, 4, "s")
	assertTrace(t, store, "mines")
	require.NoError(t, store.Delete(t.Context(), someJob))
	got, err := readTrace(t, store, otherJob, 5)
	require.NoError(t, err)
	assert.Equal(t, "yours", got)
}

func tracesGrowAtOnce(t *testing.T, store ports.TraceStore) {
	const chunks = 8
	piece := func(job, n int) string { return fmt.Sprintf("job %2d piece %d\n", job, n) }
	for _, err := range concurrently(16, func(job int) error {
		for n := range chunks {
			chunk := []byte(piece(job, n))
			if err := store.Write(t.Context(), ports.TraceID{Job: domain.JobID(job)}, int64(n*len(chunk)), chunk); err != nil {
				return err
			}
		}
		return nil
	}) {
		require.NoError(t, err)
	}
	for job := range 16 {
		var want bytes.Buffer
		for n := range chunks {
			want.WriteString(piece(job, n))
		}
		got, err := readTrace(t, store, domain.JobID(job), want.Len())
		require.NoError(t, err)
		assert.Equal(t, want.String(), got)
	}
}

func traceIsReadInPart(t *testing.T, store ports.TraceStore) {
	write(t, store, 0, "one ", "two ", "three")
	for size := range len("one two three") {
		got, err := readTrace(t, store, someJob, size)
		require.NoError(t, err)
		assert.Equal(t, "one two three"[:size], got)
	}
}

func traceGrowsMeanwhile(t *testing.T, store ports.TraceStore) {
	write(t, store, 0, "one ", "two ")
	reader, err := store.Open(t.Context(), ports.TraceID{Job: someJob}, 8)
	require.NoError(t, err)
	defer reader.Close()
	begin := make([]byte, 2)
	_, err = io.ReadFull(reader, begin)
	require.NoError(t, err)
	write(t, store, 8, "three ", "four")
	rest, err := io.ReadAll(reader)
	require.NoError(t, err)
	assert.Equal(t, "one two ", string(begin)+string(rest))
	assertTrace(t, store, "one two three four")
}

func traceIsEmpty(t *testing.T, store ports.TraceStore) {
	got, err := readTrace(t, store, someJob, 0)
	require.NoError(t, err)
	assert.Empty(t, got)
	write(t, store, 0, "")
	assertTrace(t, store, "")
}

func traceMissesBytes(t *testing.T, store ports.TraceStore) {
	got, err := readTrace(t, store, someJob, 1)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Empty(t, got)
}

func traceIsDeleted(t *testing.T, store ports.TraceStore) {
	write(t, store, 0, "one ", "two ", "three")
	require.NoError(t, store.Delete(t.Context(), someJob))
	assertTrace(t, store, "")
	write(t, store, 0, "again")
	assertTrace(t, store, "again")
}

func traceIsDeletedTwice(t *testing.T, store ports.TraceStore) {
	require.NoError(t, store.Delete(t.Context(), someJob))
	write(t, store, 0, "one")
	require.NoError(t, store.Delete(t.Context(), someJob))
	require.NoError(t, store.Delete(t.Context(), someJob))
}
