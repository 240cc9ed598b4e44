package domain_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

// aSpec is the least that a job needs.
func aSpec() domain.JobSpec {
	return domain.JobSpec{Name: "compile", Definition: domain.JobDefinition{Script: []string{"make"}}}
}

func sibling(id domain.JobID, status domain.JobStatus, allowFailure bool) domain.JobSibling {
	return domain.JobSibling{ID: id, JobOutcome: domain.JobOutcome{Status: status, AllowFailure: allowFailure}}
}

func TestNewJobDefaults(t *testing.T) {
	t.Parallel()
	job, err := domain.NewJob(aSpec(), aProject(t), 5, nil, noon)
	require.NoError(t, err)
	want := domain.JobState{
		Name: "compile", Stage: "test", Status: domain.JobPending, Ref: "main", Tags: domain.Tags{}, Timeout: 3600,
		Definition: domain.JobDefinition{Script: []string{"make"}}, User: 5, CreatedAt: noon, QueuedAt: noon,
	}
	assert.Empty(t, cmp.Diff(want, job.State()))
}

func TestNewJobAsAskedFor(t *testing.T) {
	t.Parallel()
	spec := domain.JobSpec{
		Name: "compile", Stage: "build", Ref: "v1", Tag: true, Protected: true, AllowFailure: true, Manual: true,
		Tags: domain.Tags{" b", "a", "b"}, Timeout: new(int64(1)), Needs: []domain.JobID{2}, Dependencies: []domain.JobID{3},
		Definition: domain.JobDefinition{Script: []string{"make"}, Image: &domain.JobImage{Name: "go"}},
	}
	siblings := []domain.JobSibling{sibling(2, domain.JobRunning, false), sibling(3, domain.JobSuccess, false)}
	job, err := domain.NewJob(spec, domain.RestoreProject(domain.ProjectState{ID: 4, BuildTimeout: 60}), 5, siblings, noon)
	require.NoError(t, err)
	want := domain.JobState{
		Project: 4, Name: "compile", Stage: "build", Status: domain.JobManual, Ref: "v1", Tag: true, Protected: true,
		AllowFailure: true, Tags: domain.Tags{"b", "a"}, Timeout: 1, Needs: []domain.JobID{2}, Dependencies: []domain.JobID{3},
		Definition: spec.Definition, User: 5, CreatedAt: noon,
	}
	assert.Empty(t, cmp.Diff(want, job.State()))
}

func TestNewJobRules(t *testing.T) {
	t.Parallel()
	const ofPipeline = "must be jobs of the same pipeline"
	siblings := []domain.JobSibling{sibling(2, domain.JobSuccess, false)}
	for name, test := range map[string]struct {
		spec func(s *domain.JobSpec)
		want error
	}{
		"name is required":                   {func(s *domain.JobSpec) { s.Name = "" }, broken("name", "can't be blank")},
		"script is required":                 {func(s *domain.JobSpec) { s.Definition.Script = nil }, broken("script", "can't be blank")},
		"a timeout of 0 is refused":          {func(s *domain.JobSpec) { s.Timeout = new(int64(0)) }, broken("timeout", "must be at least 1 second")},
		"a timeout of 1 is accepted":         {func(s *domain.JobSpec) { s.Timeout = new(int64(1)) }, nil},
		"needs of the same pipeline":         {func(s *domain.JobSpec) { s.Needs = []domain.JobID{2} }, nil},
		"needs of another pipeline":          {func(s *domain.JobSpec) { s.Needs, s.Dependencies = []domain.JobID{2, 9}, []domain.JobID{} }, broken("needs", ofPipeline)},
		"dependencies of another pipeline":   {func(s *domain.JobSpec) { s.Dependencies = []domain.JobID{9} }, broken("dependencies", ofPipeline)},
		"a commit with an id":                {func(s *domain.JobSpec) { s.Commit = &domain.Commit{ID: "3b6f852e4c"} }, nil},
		"a commit without an id":             {func(s *domain.JobSpec) { s.Commit = &domain.Commit{Title: "t"} }, broken("commit", "needs an id")},
		"a commit with too little of an id":  {commitOf("3b6f852"), broken("commit", badCommitID)},
		"a commit with more than an id":      {commitOf(strings.Repeat("0", 65)), broken("commit", badCommitID)},
		"a commit whose id is an option":     {commitOf("--upload-pack=evil"), broken("commit", badCommitID)},
		"a commit whose id has another line": {commitOf(sha + "\n"), broken("commit", badCommitID)},
		"a ref that is an option":            {func(s *domain.JobSpec) { s.Ref = "--help" }, broken("ref", badRef)},
		"several failing attributes together": {
			func(s *domain.JobSpec) { *s = domain.JobSpec{Timeout: new(int64(-1)), Commit: &domain.Commit{}} },
			broken("name", "can't be blank", "script", "can't be blank", "timeout", "must be at least 1 second", "commit", "needs an id"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := aSpec()
			test.spec(&spec)
			_, err := domain.NewJob(spec, aProject(t), 5, siblings, noon)
			if test.want == nil {
				assert.NoError(t, err)
				return
			}
			assert.Equal(t, test.want, err)
		})
	}
}

func TestDependenciesDefaultToNeeds(t *testing.T) {
	t.Parallel()
	siblings := []domain.JobSibling{sibling(2, domain.JobSuccess, false)}
	spec := aSpec()
	spec.Needs = []domain.JobID{2}
	job, err := domain.NewJob(spec, aProject(t), 5, siblings, noon)
	require.NoError(t, err)
	assert.Equal(t, []domain.JobID{2}, job.State().Dependencies)

	spec.Dependencies = []domain.JobID{}
	job, err = domain.NewJob(spec, aProject(t), 5, siblings, noon)
	require.NoError(t, err)
	assert.Empty(t, job.State().Dependencies, "an empty list is a wish too")
}

func TestFirstStatus(t *testing.T) {
	t.Parallel()
	others := []domain.JobSibling{
		sibling(1, domain.JobSuccess, false), sibling(2, domain.JobFailed, true), sibling(3, domain.JobFailed, false),
		sibling(4, domain.JobCanceled, true), sibling(5, domain.JobSkipped, false), sibling(6, domain.JobRunning, false),
		sibling(7, domain.JobManual, false), sibling(8, domain.JobCanceling, false), sibling(9, domain.JobPending, true),
	}
	for name, test := range map[string]struct {
		needs  []domain.JobID
		manual bool
		want   domain.JobStatus
	}{
		"without needs it is pending at once":             {nil, false, domain.JobPending},
		"needs that all succeeded make it pending":        {[]domain.JobID{1}, false, domain.JobPending},
		"a failure with allow_failure counts as success":  {[]domain.JobID{1, 2}, false, domain.JobPending},
		"it is skipped when one failed":                   {[]domain.JobID{1, 3}, false, domain.JobSkipped},
		"it is skipped when one was canceled":             {[]domain.JobID{4}, false, domain.JobSkipped},
		"it is skipped when one was skipped":              {[]domain.JobID{5}, false, domain.JobSkipped},
		"it stays created while one is running":           {[]domain.JobID{1, 6}, false, domain.JobCreated},
		"it stays created while one waits for a person":   {[]domain.JobID{7}, false, domain.JobCreated},
		"it stays created while one is canceling":         {[]domain.JobID{8}, false, domain.JobCreated},
		"it stays created while one waits for a runner":   {[]domain.JobID{9}, false, domain.JobCreated},
		"a failure outweighs what is not over yet":        {[]domain.JobID{6, 3}, false, domain.JobSkipped},
		"when manual it waits for a person":               {nil, true, domain.JobManual},
		"when manual it waits, whatever became of others": {[]domain.JobID{3}, true, domain.JobManual},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := aSpec()
			spec.Needs, spec.Manual = test.needs, test.manual
			job, err := domain.NewJob(spec, aProject(t), 5, others, noon)
			require.NoError(t, err)
			s := job.State()
			assert.Equal(t, test.want, s.Status)
			assert.Equal(t, test.want == domain.JobPending, s.QueuedAt.Equal(noon), "it is queued when it is pending")
			assert.Equal(t, test.want == domain.JobSkipped, s.FinishedAt.Equal(noon), "it is over when it is skipped")
			assert.Zero(t, s.StartedAt)
		})
	}
}

func TestDurations(t *testing.T) {
	t.Parallel()
	var never time.Time
	ago := func(seconds int) time.Time { return noon.Add(-time.Duration(seconds) * time.Second) }
	const null = time.Duration(-1)
	for name, test := range map[string]struct {
		queued, started, finished time.Time
		duration, queuedDuration  time.Duration
	}{
		"null before it is queued":                     {never, never, never, null, null},
		"null before start":                            {ago(10), never, never, null, 10 * time.Second},
		"while running: now - started":                 {ago(10), ago(7), never, 7 * time.Second, 3 * time.Second},
		"afterwards: finished - started":               {ago(10), ago(7), ago(2), 5 * time.Second, 3 * time.Second},
		"fractions of a second count":                  {never, noon.Add(-1500 * time.Millisecond), noon, 1500 * time.Millisecond, null},
		"a wait that led to nothing ends with the job": {ago(10), never, ago(4), null, 6 * time.Second},
		"a job that was skipped never waited":          {never, never, ago(4), null, null},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			job := domain.RestoreJob(domain.JobState{QueuedAt: test.queued, StartedAt: test.started, FinishedAt: test.finished})
			orNull := func(d time.Duration, ok bool) time.Duration {
				if !ok {
					return null
				}
				return d
			}
			assert.Equal(t, test.duration, orNull(job.Summary().Duration(noon)))
			assert.Equal(t, test.queuedDuration, orNull(job.Summary().QueuedDuration(noon)))
		})
	}
}

func commitOf(id string) func(s *domain.JobSpec) {
	return func(s *domain.JobSpec) { s.Commit = &domain.Commit{ID: id} }
}
