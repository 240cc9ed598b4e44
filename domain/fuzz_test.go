package domain_test

import (
	"hash/crc32"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

// A trace is what agents sent, in order and without gaps, however many pieces
// come late, twice or in the wrong place.
func FuzzTraces(f *testing.F) {
	f.Add([]byte("\x00\x05hello\x05\x05world"))
	f.Add([]byte("\x00\x03abc\x01\x02xx\x03\x00"))
	f.Add([]byte("\xff\x01a\x00\x01b"))
	f.Fuzz(func(t *testing.T, script []byte) {
		job := domain.RestoreJob(domain.JobState{Status: domain.JobRunning})
		var log []byte
		for len(script) >= 2 {
			first, length := int64(script[0]), min(int(script[1]), len(script)-2)
			chunk := script[2 : 2+length]
			script = script[2+length:]
			err := job.AppendTrace(first, chunk, time.Time{})
			if first != int64(len(log)) {
				var gap *domain.TraceGap
				require.ErrorAs(t, err, &gap)
				require.Equal(t, int64(len(log)), gap.Size)
				continue
			}
			require.NoError(t, err)
			log = append(log, chunk...)
		}
		require.Equal(t, domain.Trace{Size: int64(len(log)), CRC: crc32.ChecksumIEEE(log)}, job.State().Trace)
		require.True(t, job.TraceIntact("", int64(len(log))))
	})
}

// Tags stay as they are when they are cleaned once more.
func FuzzTags(f *testing.F) {
	f.Add("linux\ndocker")
	f.Add(" a \n\na\n\u00a0")
	f.Fuzz(func(t *testing.T, text string) {
		items := strings.Split(text, "\n")
		tags := domain.NewTags(items)
		require.NotNil(t, tags)
		require.LessOrEqual(t, len(tags), len(items))
		assert.Equal(t, tags, domain.NewTags(tags))
		require.True(t, tags.Include(tags))
		for _, tag := range tags {
			require.Equal(t, strings.TrimSpace(tag), tag)
			require.NotEmpty(t, tag)
		}
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(tags))), len(tags), "no tag comes twice")
	})
}

// Whatever a job says of its artifacts, none is kept for a negative time, nor
// for longer than a hundred years unless that is for ever, and none has a name
// that leads out of a folder or breaks a header.
func FuzzArtifacts(f *testing.F) {
	for _, seed := range [][2]string{
		{"1 week", "a.zip"},
		{"3 mins 4 sec", "../../etc/passwd"},
		{"2h20min", `C:\\a`},
		{"1 day and 2 hours", "..\xff"},
		{"never", "a\r\nb"},
		{"-1", ""},
		{"99999999999999999999 y", "."},
		{"9223372036854775807 y", "a"},
		{"60 years 60 years", "a"},
		{"and and", "a/"},
		{"0", "\u202e"},
		{"1 1", " "},
		{"1ss", "ö"},
		{" ,1d", "a\"b"},
	} {
		f.Add(seed[0], seed[1])
	}
	const hundredYears = 100 * 365 * 24 * time.Hour
	f.Fuzz(func(t *testing.T, words, name string) {
		for _, fallback := range []time.Duration{0, time.Hour} {
			spec := domain.ArtifactSpec{Job: 9, ExpireIn: words, Filename: name}
			artifact, err := domain.NewArtifact(spec, fallback, noon)
			require.NoError(t, err)
			if !artifact.ExpiresAt.IsZero() {
				require.Positive(t, artifact.ExpiresAt.Sub(noon))
				require.LessOrEqual(t, artifact.ExpiresAt.Sub(noon), hundredYears)
			}
			require.NotContains(t, []string{"", ".", ".."}, artifact.Filename)
			require.False(t, strings.ContainsAny(artifact.Filename, "/\\\r\n\x00"), "%q", artifact.Filename)
			require.True(t, utf8.ValidString(artifact.Filename))
			require.LessOrEqual(t, utf8.RuneCountInString(artifact.Filename), 255)
		}
	})
}
