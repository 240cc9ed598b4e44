package sqlstore

import (
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
)

// filler gives every field of a state a value of its own, so that a field which
// a converter forgets, or takes for another one, shows.
type filler struct{ n int64 }

func fill[S any](t *testing.T) S {
	t.Helper()
	var s S
	new(filler).fill(t, reflect.ValueOf(&s).Elem())
	return s
}

func (f *filler) fill(t *testing.T, v reflect.Value) {
	t.Helper()
	f.n++
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 11, 22, 10, 0, int(f.n%60), int(f.n)*1000, time.UTC)))
	case v.Kind() == reflect.String:
		v.SetString(fmt.Sprintf("%s-%d", v.Type().Name(), f.n))
	case v.CanInt():
		v.SetInt(f.n)
	case v.CanUint():
		v.SetUint(uint64(f.n))
	case v.CanFloat():
		v.SetFloat(float64(f.n) + 0.5)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(t, v.Elem())
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(t, v.Index(0))
		f.fill(t, v.Index(1))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			f.fill(t, v.Field(i))
		}
	default:
		t.Fatalf("cannot fill a %s", v.Type())
	}
}

func TestRowsHoldEveryField(t *testing.T) {
	t.Parallel()

	runner := fill[domain.RunnerState](t)
	assertSame(t, runner, runnerRowOf(domain.RestoreRunner(runner)).runner().State())

	user := fill[domain.UserState](t)
	assertSame(t, user, userRowOf(domain.RestoreUser(user)).user().State())

	token := fill[domain.PersonalAccessTokenState](t)
	assertSame(t, token, tokenRowOf(domain.RestorePersonalAccessToken(token)).token().State())

	group := fill[domain.GroupState](t)
	assertSame(t, group, groupRowOf(domain.RestoreGroup(group)).group().State())

	membership := fill[domain.MembershipState](t)
	assertSame(t, membership, memberRowOf(ports.MemberSource{Group: 1}, domain.RestoreMembership(membership)).membership().State())

	artifact := fill[domain.Artifact](t)
	assertSame(t, artifact, artifactRowOf(artifact).artifact())

	job := fill[domain.JobState](t)
	assertSame(t, job, jobRowOf(domain.RestoreJob(job)).job().State())

	pipeline, commit := fill[domain.Pipeline](t), fill[domain.Commit](t)
	row := pipelineRowOf(pipeline, &commit)
	assertSame(t, pipeline, row.pipeline())
	assertSame(t, &commit, row.Commit.value)

	instance := fill[domain.Instance](t)
	assertSame(t, instance, instanceRowOf(instance).instance())
}

func TestProjectRowHoldsEveryFieldWithItsNamespace(t *testing.T) {
	t.Parallel()
	project := fill[domain.ProjectState](t)
	project.FullName = project.Namespace.FullName + " / " + project.Name
	project.FullPath = project.Namespace.FullPath + "/" + project.Path
	row := projectRowOf(domain.RestoreProject(project))
	in := project.Namespace
	row.Namespace = &namespaceRow{
		ID: in.ID, Kind: in.Kind, OwnerID: in.Owner, ParentID: in.Parent,
		Name: in.Name, Path: in.Path, FullName: in.FullName, FullPath: in.FullPath,
	}
	assertSame(t, project, row.project().State())
}

func assertSame[S any](t *testing.T, want, got S) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the row changed it (-want +got):\n%s", diff)
	}
}

// The definitions of stored jobs are read by what this test pins: whoever
// renames a field of the domain has to migrate them.
func TestStoredFormOfJobDefinitions(t *testing.T) {
	t.Parallel()
	definition := domain.JobDefinition{
		Script:    []string{"make"},
		Variables: []domain.JobVariable{{Key: "K", Value: "V", Public: true, Masked: true, File: true, Raw: true}},
		Image:     &domain.JobImage{Name: "alpine", Alias: "a", Entrypoint: []string{}, Command: []string{"sh"}},
		Artifacts: []domain.JobArtifacts{{Name: "out", Paths: []string{"bin"}, Untracked: true, When: "always", ExpireIn: "1 week", Type: "junit", Format: "gzip"}},
	}
	text, err := jsonText[domain.JobDefinition]{definition}.Value()
	require.NoError(t, err)
	assert.Equal(t, `{"Script":["make"],"BeforeScript":null,"AfterScript":null,`+
		`"Variables":[{"Key":"K","Value":"V","Public":true,"Masked":true,"File":true,"Raw":true}],`+
		`"Image":{"Name":"alpine","Alias":"a","Entrypoint":[],"Command":["sh"]},"Services":null,`+
		`"Artifacts":[{"Name":"out","Paths":["bin"],"Exclude":null,"Untracked":true,"When":"always","ExpireIn":"1 week","Type":"junit","Format":"gzip"}]}`, text)
}

func TestTimestamps(t *testing.T) {
	t.Parallel()
	t.Run("are text whose order is that of time", func(t *testing.T) {
		t.Parallel()
		whole := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
		earlier, err := timestamp{whole}.Value()
		require.NoError(t, err)
		later, err := timestamp{whole.Add(time.Microsecond).In(time.FixedZone("", -7200))}.Value()
		require.NoError(t, err)
		assert.Equal(t, "2026-11-22T10:00:00.000000Z", earlier)
		assert.Less(t, earlier, later)
	})
	t.Run("are NULL if zero", func(t *testing.T) {
		t.Parallel()
		value, err := timestamp{}.Value()
		require.NoError(t, err)
		assert.Nil(t, value)
		read := timestamp{time.Now()}
		require.NoError(t, read.Scan(nil))
		assert.True(t, read.IsZero())
	})
	t.Run("refuse what is none", func(t *testing.T) {
		t.Parallel()
		require.Error(t, new(timestamp).Scan("yesterday"))
		require.Error(t, new(timestamp).Scan(7.5))
	})
}

func TestJSONRefusesWhatIsNone(t *testing.T) {
	t.Parallel()
	require.Error(t, new(jsonText[domain.Tags]).Scan("["))
	require.Error(t, new(jsonText[domain.Tags]).Scan(7))
	_, err := jsonText[float64]{math.NaN()}.Value()
	require.Error(t, err)
}

func TestVeryLongTagsFitIntoTheIndex(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "docker", tagKey("docker"))
	long := string(make([]byte, 5000))
	assert.Less(t, len(tagKey(long)), longestIndexedTag)
	assert.NotEqual(t, tagKey(long), tagKey(long+"x"))
}
