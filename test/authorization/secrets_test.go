package authorization

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/test/apitest"
)

// What only some may see of what they see: the registration token of a project
// is for Maintainers, that of a group for Owners, the e-mail address of a user
// for administrators, the maintenance note of a runner for those who may change
// it.
var secrets = map[column]struct{ project, group, email, note bool }{
	stranger:   {},
	guest:      {},
	reporter:   {},
	developer:  {},
	maintainer: {project: true, note: true},
	owner:      {project: true, group: true, note: true},
	admin:      {project: true, group: true, email: true, note: true},
}

func TestWhoSeesWhatIsSecret(t *testing.T) {
	t.Parallel()
	forEach(t, oneForEachColumn(), func(t *testing.T, a *apitest.API, as *cast) {
		want, signedIn := secrets[as.role.toProject]
		if !signedIn {
			return
		}
		p := as.place(a, domain.Public)
		body := func(path string, ids ...any) string {
			q := ask(path, ids...)
			return a.Do("GET", q.path, apitest.As(p.token)).Body
		}
		for _, path := range []string{"projects/" + decimal(p.project), "projects?per_page=100"} {
			assert.Equal(t, want.project, strings.Contains(body("%s", path), p.tokenOfProject()), path)
		}
		for _, path := range []string{"groups/" + decimal(p.group), "groups?per_page=100"} {
			assert.Equal(t, want.group, strings.Contains(body("%s", path), p.tokenOfGroup()), path)
		}
		another := a.User(p.another()).State()
		for _, path := range []string{"users/" + decimal(another.ID), "users?username=" + another.Username} {
			assert.Equal(t, want.email, strings.Contains(body("%s", path), another.Email), path)
			assert.Equal(t, want.email, strings.Contains(body("%s", path), "is_admin"), path)
		}
		assert.Contains(t, body("user"), a.User(as.user).State().Email, "one's own")

		secret := func(s *domain.RunnerState) { s.MaintenanceNote = &[]string{"the key is under the mat"}[0] }
		for _, runner := range []domain.RunnerID{a.AddProjectRunner(p.project, secret), a.AddInstanceRunner(secret)} {
			may := want.note && (a.Runner(runner).State().Type == domain.ProjectRunner || as.role.toProject == admin)
			assert.Equal(t, may, strings.Contains(body("runners/%d", runner), "under the mat"), "runner %d", runner)
		}
	})
}
