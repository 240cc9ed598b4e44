package domain_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

const week = 7 * 24 * time.Hour

func TestNewArtifact(t *testing.T) {
	t.Parallel()
	artifact, err := domain.NewArtifact(domain.ArtifactSpec{
		Job: 9, Type: "junit", Format: "gzip", Filename: "junit.xml.gz", ExpireIn: "1 week", Key: "9/ab",
	}, 0, noon)
	require.NoError(t, err)
	assert.Equal(t, domain.Artifact{
		Job: 9, Type: "junit", Format: "gzip", Filename: "junit.xml.gz", Key: "9/ab",
		ExpiresAt: noon.Add(week), CreatedAt: noon,
	}, artifact)

	artifact, err = domain.NewArtifact(domain.ArtifactSpec{Job: 9, Filename: "a.zip"}, 0, noon)
	require.NoError(t, err)
	assert.Equal(t, domain.Artifact{Job: 9, Type: "archive", Format: "zip", Filename: "a.zip", CreatedAt: noon}, artifact)
}

func TestArtifactRefusals(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"../x", "A", "a b", "a-b", strings.Repeat("a", 256)} {
		_, err := domain.NewArtifact(domain.ArtifactSpec{Type: kind}, 0, noon)
		require.ErrorIs(t, err, domain.BadRequest("artifact_type does not have a valid value"), kind)
	}
	_, err := domain.NewArtifact(domain.ArtifactSpec{Format: "rar"}, 0, noon)
	require.ErrorIs(t, err, domain.BadRequest("artifact_format does not have a valid value"))
}

func TestFileNamesOfArtifacts(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"pack.zip":               "pack.zip",
		"../../etc/passwd":       "passwd",
		`C:\temp\pack.zip`:       "pack.zip",
		"a\r\nb\x00.zip":         "ab.zip",
		"größe.zip":              "größe.zip",
		"":                       "artifacts",
		"..":                     "artifacts",
		"/":                      "artifacts",
		strings.Repeat("ö", 300): strings.Repeat("ö", 255),
	} {
		artifact, err := domain.NewArtifact(domain.ArtifactSpec{Filename: given}, 0, noon)
		require.NoError(t, err)
		assert.Equal(t, want, artifact.Filename, given)
	}
}

func TestHowLongArtifactsAreKept(t *testing.T) {
	t.Parallel()
	const day, fallback = 24 * time.Hour, 42 * time.Hour
	for words, want := range map[string]time.Duration{
		"1 week":                            week,
		"3 mins 4 sec":                      3*time.Minute + 4*time.Second,
		"2h20min":                           2*time.Hour + 20*time.Minute,
		"6 mos 1 day":                       181 * day,
		"1yr":                               365 * day,
		" 2 Days ":                          2 * day,
		"1 day, 2 hours and 3 minutes":      day + 2*time.Hour + 3*time.Minute,
		"90":                                90 * time.Second,
		"10s":                               10 * time.Second,
		"99999999999 years":                 100 * 365 * day,
		"90 years 90 years":                 100 * 365 * day,
		"":                                  fallback,
		"  ":                                fallback,
		"soon":                              fallback,
		"1 fortnight":                       fallback,
		"1.5 hours":                         fallback,
		"-1 day":                            fallback,
		"0":                                 fallback,
		"1 day and":                         fallback,
		"99999999999999999999999999999 day": fallback,
		"never":                             0,
		"Never":                             0,
	} {
		artifact, err := domain.NewArtifact(domain.ArtifactSpec{ExpireIn: words}, fallback, noon)
		require.NoError(t, err)
		if want == 0 {
			assert.Zero(t, artifact.ExpiresAt, words)
			continue
		}
		assert.Equal(t, want, artifact.ExpiresAt.Sub(noon), words)
	}
}

func TestGone(t *testing.T) {
	t.Parallel()
	assert.False(t, domain.Artifact{}.Gone(noon))
	assert.False(t, domain.Artifact{ExpiresAt: noon.Add(1)}.Gone(noon))
	assert.True(t, domain.Artifact{ExpiresAt: noon}.Gone(noon))
}

func TestLostArchive(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status   domain.JobStatus
		files    []domain.JobArtifacts
		fallback time.Duration
		want     bool
	}{
		"it declared none":                         {domain.JobSuccess, nil, time.Hour, false},
		"kept for a day, which is over":            {domain.JobSuccess, []domain.JobArtifacts{{ExpireIn: "1 day"}}, 0, true},
		"kept for two days, which are not":         {domain.JobSuccess, []domain.JobArtifacts{{ExpireIn: "2 days"}}, time.Hour, false},
		"kept for ever":                            {domain.JobSuccess, []domain.JobArtifacts{{}}, 0, false},
		"kept as long as everything":               {domain.JobSuccess, []domain.JobArtifacts{{Type: "archive"}}, 24 * time.Hour, true},
		"reports are no archive":                   {domain.JobSuccess, []domain.JobArtifacts{{Type: "junit"}}, time.Hour, false},
		"a failed job leaves nothing":              {domain.JobFailed, []domain.JobArtifacts{{When: "on_success"}}, time.Hour, false},
		"unless it shall always":                   {domain.JobFailed, []domain.JobArtifacts{{When: "always"}}, time.Hour, true},
		"or just then":                             {domain.JobFailed, []domain.JobArtifacts{{When: "on_failure"}}, time.Hour, true},
		"a success leaves nothing for failures":    {domain.JobSuccess, []domain.JobArtifacts{{When: "on_failure"}}, time.Hour, false},
		"always is always":                         {domain.JobSuccess, []domain.JobArtifacts{{When: "always"}}, time.Hour, true},
		"a canceled job leaves nothing":            {domain.JobCanceled, []domain.JobArtifacts{{When: "always"}}, time.Hour, false},
		"one of several is enough, reports or not": {domain.JobSuccess, []domain.JobArtifacts{{Type: "junit"}, {ExpireIn: "1h"}}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			job := aJob(handedOver, func(s *domain.JobState) {
				s.Status, s.Definition.Artifacts, s.FinishedAt = test.status, test.files, yesterday
			})
			assert.Equal(t, test.want, job.LostArchive(test.fallback, noon))
		})
	}
}
