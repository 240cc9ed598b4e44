package rest

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"runyard/domain"
)

func optional[T any](of *rapid.Generator[T]) *rapid.Generator[*T] { return rapid.Ptr(of, true) }

// odd are texts with something in them that must be escaped, or not. Generators
// are no values, because tests that run at the same time cannot share one.
func odd() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", "a b~", `"`, `\`, "<script>", "a&b", "\x7f", "\x1f\n\t", "é", "\u2028\u2029", "\xff", "😀",
	}))
}

// moment draws one that has a JSON form.
func moment(t *rapid.T, name string) timestamp {
	if rapid.Bool().Draw(t, "zero") {
		return timestamp{}
	}
	zone := time.FixedZone("", rapid.IntRange(-14, 14).Draw(t, "zone")*3600)
	return timestamp(time.Unix(rapid.Int64Range(-3e10, 2e11).Draw(t, name), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).In(zone))
}

func shortRunner(t *rapid.T) runnerView {
	return runnerView{
		ID:          domain.RunnerID(rapid.Int64().Draw(t, "id")),
		Description: optional(odd()).Draw(t, "description"),
		IPAddress:   optional(odd()).Draw(t, "ip_address"),
		Active:      rapid.Bool().Draw(t, "active"),
		Paused:      rapid.Bool().Draw(t, "paused"),
		IsShared:    rapid.Bool().Draw(t, "is_shared"),
		RunnerType:  domain.RunnerType(odd().Draw(t, "runner_type")),
		Name:        optional(odd()).Draw(t, "name"),
		Online:      optional(rapid.Bool()).Draw(t, "online"),
		Status:      domain.RunnerStatus(odd().Draw(t, "status")),
	}
}

// sameAsJSON compares the view with what the standard library makes of it.
func sameAsJSON(t require.TestingT, view appender) {
	want, err := json.Marshal(view)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(view.appendTo(nil)))
}

func TestListsOfRunnersAreWrittenAsTheStandardLibraryDoes(t *testing.T) {
	t.Parallel()
	sameAsJSON(t, runnerViews(nil))
	rapid.Check(t, func(t *rapid.T) {
		sameAsJSON(t, runnerViews(rapid.SliceOf(rapid.Custom(shortRunner)).Draw(t, "runners")))
	})
}

func TestRunnersAreWrittenAsTheStandardLibraryDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		view := runnerDetailsView{
			runnerView:      shortRunner(t),
			RunUntagged:     rapid.Bool().Draw(t, "run_untagged"),
			Locked:          rapid.Bool().Draw(t, "locked"),
			MaximumTimeout:  optional(rapid.Int64()).Draw(t, "maximum_timeout"),
			AccessLevel:     domain.RunnerAccessLevel(odd().Draw(t, "access_level")),
			Version:         optional(odd()).Draw(t, "version"),
			Revision:        optional(odd()).Draw(t, "revision"),
			Platform:        optional(odd()).Draw(t, "platform"),
			Architecture:    optional(odd()).Draw(t, "architecture"),
			ContactedAt:     moment(t, "contacted_at"),
			MaintenanceNote: optional(odd()).Draw(t, "maintenance_note"),
		}
		if rapid.Bool().Draw(t, "tagged") {
			view.TagList = rapid.SliceOf(odd()).Draw(t, "tag_list")
		}
		drawInto(t, reflect.ValueOf(&view.Projects).Elem())
		for _, name := range rapid.SliceOfN(odd(), 0, 3).Draw(t, "groups") {
			view.Groups = append(view.Groups, runnerGroupView{Name: name})
		}
		sameAsJSON(t, view)
	})
}

func TestJobsOfARunnerAreWrittenAsTheStandardLibraryDoes(t *testing.T) {
	t.Parallel()
	sameAsJSON(t, runnerJobViews(nil))
	rapid.Check(t, func(t *rapid.T) {
		var view runnerJobViews
		drawInto(t, reflect.ValueOf(&view).Elem())
		sameAsJSON(t, view)
	})
}

// drawInto draws every field of a view.
func drawInto(t *rapid.T, v reflect.Value) {
	switch name := v.Type().Name(); {
	case v.Type().ConvertibleTo(reflect.TypeFor[time.Time]()):
		v.Set(reflect.ValueOf(moment(t, name)).Convert(v.Type()))
	case v.Kind() == reflect.String:
		v.SetString(odd().Draw(t, name))
	case v.Kind() == reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, name))
	case v.CanInt():
		v.SetInt(rapid.Int64().Draw(t, name))
	case v.CanFloat():
		v.SetFloat(rapid.OneOf(rapid.Float64Range(-1e30, 1e30), rapid.SampledFrom([]float64{0, 98.25, 1e-6, 9.9e-7, 1e21, 1e20})).Draw(t, name))
	case v.Kind() == reflect.Pointer:
		if rapid.Bool().Draw(t, "is there") {
			v.Set(reflect.New(v.Type().Elem()))
			drawInto(t, v.Elem())
		}
	case v.Kind() == reflect.Slice:
		if n := rapid.IntRange(-1, 2).Draw(t, "length"); n >= 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
		}
		for i := range v.Len() {
			drawInto(t, v.Index(i))
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			drawInto(t, v.Field(i))
		}
	default:
		t.Fatalf("cannot draw a %s", v.Type())
	}
}

func TestTimestampsHaveMillisecondsOfUTC(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		moment := moment(t, "seconds")
		want := "null"
		if at := time.Time(moment).UTC(); !at.IsZero() {
			want = `"` + at.Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z") + `"`
		}
		assert.Equal(t, want, string(moment.appendTo(nil)))
	})
}

func TestPayloadsOfJobsAreWrittenAsTheStandardLibraryDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		view := offeredJobView{
			ID: domain.JobID(rapid.Int64().Draw(t, "id")), Token: odd().Draw(t, "token"), AllowGitFetch: rapid.Bool().Draw(t, "allow_git_fetch"),
			JobInfo:    offeredJobInfo{Name: odd().Draw(t, "name"), UserID: domain.UserID(rapid.Int64().Draw(t, "user_id"))},
			RunnerInfo: offeredRunnerInfo{Timeout: rapid.Int64().Draw(t, "timeout")},
			Variables: rapid.SliceOf(rapid.Custom(func(t *rapid.T) offeredVariable {
				yes := func(name string) bool { return rapid.Bool().Draw(t, name) }
				return offeredVariable{odd().Draw(t, "key"), odd().Draw(t, "value"), yes("public"), yes("file"), yes("masked"), yes("raw")}
			})).Draw(t, "variables"),
			Steps:    []offeredStep{{Name: odd().Draw(t, "step"), Script: rapid.SliceOf(odd()).Draw(t, "script")}},
			Features: whatWeUse,
		}
		if rapid.Bool().Draw(t, "everything") {
			view.GitInfo = &offeredGitInfo{RepoURL: odd().Draw(t, "repo_url")}
			view.Image = &offeredImage{Name: odd().Draw(t, "image")}
			view.Services = []offeredImage{{Name: odd().Draw(t, "service")}}
			view.Artifacts = []offeredArtifacts{{Name: odd().Draw(t, "artifacts")}}
			view.Dependencies = []offeredDependencyView{{Name: odd().Draw(t, "dependency")}}
		}
		sameAsJSON(t, view)
	})
}
