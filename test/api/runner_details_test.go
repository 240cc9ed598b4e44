package api_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// complete gives a runner everything that a runner can have.
func complete(s *domain.RunnerState) {
	s.Name, s.Description, s.MaintenanceNote = fixture.To("agent"), fixture.To("The <complete> one"), fixture.To("call Jo")
	s.Tags, s.RunUntagged, s.Locked, s.AccessLevel = domain.Tags{"z", "A", "a b"}, false, true, domain.RefProtected
	s.MaximumTimeout = fixture.To(int64(3600))
	s.Version, s.Revision = fixture.To("14.0.0"), fixture.To("3b6f852e")
	s.Platform, s.Architecture = fixture.To("linux"), fixture.To("amd64")
	s.ContactedAt = fixture.Moment.Add(-time.Minute)
}

func TestShapeOfARunner(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		assigned := s.AddProjectRunner(s.site, complete)
		s.Assign(assigned, s.shop)
		for name, id := range map[string]domain.RunnerID{
			"runner-of-instance":         s.AddInstanceRunner(complete),
			"runner-of-instance-minimal": s.instance,
			"runner-of-group":            s.AddGroupRunner(s.group, complete),
			"runner-of-project":          assigned,
		} {
			got := details(s.API, id)
			assert.Equal(t, 200, got.Status)
			t.Run(name, func(t *testing.T) { golden(t, name, maskedID(got.Body, id)) })
		}
	})
}

// maskedID replaces the id of a runner: maps have no order, so ids have none.
func maskedID(body string, id domain.RunnerID) string {
	return `{"id":"masked"` + body[len(at(`{"id":%d`, id)):]
}

func TestWhoSeesWhatOfARunner(t *testing.T) {
	inScene(t, func(t *testing.T, s *scene) {
		shared := s.AddProjectRunner(s.site, complete)
		s.Assign(shared, s.shop)
		grouped := s.AddGroupRunner(s.group, complete)
		instance := s.AddInstanceRunner(complete)
		groupMaintainer := s.AddUser()
		s.AddGroupMember(s.group, groupMaintainer, domain.Maintainer)
		byGroupMaintainer := apitest.As(s.TokenOf(groupMaintainer))
		const note = `"call Jo"`
		for name, test := range map[string]struct {
			runner           domain.RunnerID
			as               apitest.Part
			status, projects int
			note             string
		}{
			"root sees all projects":                  {shared, s.byRoot, 200, 2, note},
			"the Owner of the group sees both":        {shared, s.byOwner, 200, 2, note},
			"a Maintainer of one sees that":           {shared, s.byMaintainer, 200, 1, note},
			"a Developer sees nothing":                {shared, s.byDeveloper, 403, 0, ""},
			"a stranger sees nothing":                 {shared, s.byStranger, 403, 0, ""},
			"a Maintainer of the group reads":         {grouped, byGroupMaintainer, 200, 0, "null"},
			"the Owner of the group reads its note":   {grouped, s.byOwner, 200, 0, note},
			"a Maintainer of a project does not":      {grouped, s.byMaintainer, 403, 0, ""},
			"a stranger reads instance runners":       {instance, s.byStranger, 200, 0, "null"},
			"root reads the note of instance runners": {instance, s.byRoot, 200, 0, note},
		} {
			got := s.Do("GET", at("runners/%d", test.runner), test.as)
			if test.status == 403 {
				expect(t, got, 403, noAccess)
				continue
			}
			assert.Equal(t, test.status, got.Status, name)
			var runner struct {
				Projects []struct{ ID domain.ProjectID }
			}
			s.Into(got, &runner)
			assert.Len(t, runner.Projects, test.projects, name)
			has(t, got, map[string]string{"maintenance_note": test.note})
			assert.NotContains(t, got.Body, "token")
		}
		without := s.Do("GET", at("runners/%d?include_projects=false", shared), s.byRoot)
		assert.NotContains(t, without.Body, `"projects"`)
		expect(t, s.Do("GET", at("runners/%d", shared)), 401, unauthorized)
	})
}

func TestStatusFollowsFromContactAndPause(t *testing.T) {
	onEach(t, func(t *testing.T, api *apitest.API) {
		for name, test := range map[string]struct {
			changes        []func(*domain.RunnerState)
			status, online string
		}{
			"never, active":       {nil, "not_connected", "null"},
			"never, paused":       {[]func(*domain.RunnerState){paused}, "not_connected", "null"},
			"just now":            {[]func(*domain.RunnerState){contacted(0)}, "online", "true"},
			"a moment before two": {[]func(*domain.RunnerState){contacted(2*time.Hour - time.Microsecond)}, "online", "true"},
			"two hours ago":       {[]func(*domain.RunnerState){contacted(2 * time.Hour)}, "offline", "false"},
			"just now, paused":    {[]func(*domain.RunnerState){contacted(0), paused}, "paused", "true"},
			"long ago, paused":    {[]func(*domain.RunnerState){contacted(3 * time.Hour), paused}, "paused", "false"},
		} {
			t.Run(name, func(t *testing.T) {
				got := details(api, api.AddInstanceRunner(test.changes...))
				has(t, got, map[string]string{"status": `"` + test.status + `"`, "online": test.online})
			})
		}
		moment := api.AddInstanceRunner(func(s *domain.RunnerState) {
			s.ContactedAt = time.Date(2016, 1, 25, 16, 39, 48, 66_999_000, time.UTC)
		})
		has(t, details(api, moment), map[string]string{"contacted_at": `"2016-01-25T16:39:48.066Z"`})
	})
}
