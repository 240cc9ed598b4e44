package domain_test

import (
	"errors"
	"fmt"
	"hash/crc32"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

func TestAppendTraceCountsBytesAndTheirChecksum(t *testing.T) {
	t.Parallel()
	job := aJob(handedOver)
	want := after(job, func(s *domain.JobState) {
		s.Trace = domain.Trace{Size: 5, CRC: crc32.ChecksumIEEE([]byte("hello"))}
		s.TouchedAt = noon.Add(time.Second)
	})
	require.NoError(t, job.AppendTrace(0, []byte("hel"), noon))
	require.NoError(t, job.AppendTrace(3, []byte("lo"), noon.Add(time.Second)))
	assert.Empty(t, cmp.Diff(want, job.State()))
}

func TestAppendTraceRefusesWhatDoesNotContinueIt(t *testing.T) {
	t.Parallel()
	for _, first := range []int64{0, 2, 4, -1} {
		job := aJob(handedOver)
		require.NoError(t, job.AppendTrace(0, []byte("hel"), noon))
		before := job.State()
		var gap *domain.TraceGap
		err := job.AppendTrace(first, []byte("lo"), noon.Add(time.Second))
		require.True(t, errors.As(err, &gap))
		assert.Equal(t, int64(3), gap.Size)
		assert.EqualError(t, err, "the trace continues at byte 3")
		assert.Empty(t, cmp.Diff(before, job.State()))
	}
}

func TestTraceIntact(t *testing.T) {
	t.Parallel()
	job := aJob(handedOver)
	require.NoError(t, job.AppendTrace(0, []byte("hello"), noon))
	right := fmt.Sprintf("crc32:%08x", crc32.ChecksumIEEE([]byte("hello")))
	for name, test := range map[string]struct {
		checksum string
		size     int64
		want     bool
	}{
		"both agree":                     {right, 5, true},
		"the checksum alone agrees":      {right, -1, true},
		"the size alone agrees":          {"", 5, true},
		"who says nothing agrees":        {"", -1, true},
		"another checksum does not":      {"crc32:00000000", 5, false},
		"another size does not":          {right, 6, false},
		"an unknown checksum does not":   {"sha256:00", 5, false},
		"no bytes are not what we have":  {"", 0, false},
		"another size beats no checksum": {"", 4, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, job.TraceIntact(test.checksum, test.size))
		})
	}
	assert.True(t, aJob().TraceIntact("crc32:00000000", 0), "nothing has a checksum too")
}

func TestTheTraceIsRepairedOnce(t *testing.T) {
	t.Parallel()
	job := aJob(handedOver)
	require.NoError(t, job.AppendTrace(0, []byte("hello"), noon))
	want := after(job, func(s *domain.JobState) { s.Trace, s.TouchedAt = domain.Trace{Repaired: true}, noon })

	assert.True(t, job.RepairTrace(noon))
	assert.Empty(t, cmp.Diff(want, job.State()))
	require.NoError(t, job.AppendTrace(0, []byte("hello"), noon))
	assert.False(t, job.RepairTrace(noon))
	assert.Equal(t, int64(5), job.State().Trace.Size, "what was sent again counts")
}

func TestAJobIsAttendedAtFirstAndWhileItsTraceIsRead(t *testing.T) {
	t.Parallel()
	const minute = time.Minute
	started := func(ago time.Duration) *domain.Job {
		return aJob(handedOver, func(s *domain.JobState) { s.Status, s.StartedAt = domain.JobRunning, noon.Add(-ago) })
	}
	never := time.Time{}
	assert.True(t, started(minute-1).Attended(never, noon))
	assert.False(t, started(minute).Attended(never, noon))
	assert.True(t, started(time.Hour).Attended(noon.Add(-minute+1), noon))
	assert.False(t, started(time.Hour).Attended(noon.Add(-minute), noon))
	stopping := started(time.Hour)
	s := stopping.State()
	s.Status = domain.JobCanceling
	assert.True(t, domain.RestoreJob(s).Attended(never, noon), "it is to stop")
}
