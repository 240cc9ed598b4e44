package domain_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
)

// Each row is one of the reference's table "who may do what" (2.3): the lowest
// level that is let in, or none but administrators.
func TestWhoMayDoWhatWithARunner(t *testing.T) {
	t.Parallel()
	const adminsOnly = domain.Owner + 1
	levels := append([]domain.AccessLevel{domain.Maintainer, domain.Owner}, belowMaintainer...)
	severalProjects := domain.Forbidden("Runner associated with more than one project")
	for _, test := range []struct {
		row    string
		do     func(domain.RunnerAccess, *domain.Runner) error
		runner *domain.Runner
		from   domain.AccessLevel
		want   error
	}{
		{"GET /runners/:id instance", domain.RunnerAccess.MustRead, aRunner(), domain.NoAccess, nil},
		{"GET /runners/:id project", domain.RunnerAccess.MustRead, aRunner(ofProjects(1)), domain.Maintainer, errNoAccess},
		{"GET /runners/:id project, several projects", domain.RunnerAccess.MustRead, aRunner(ofProjects(2)), domain.Maintainer, errNoAccess},
		{"GET /runners/:id group", domain.RunnerAccess.MustRead, aRunner(ofGroup), domain.Maintainer, errNoAccess},
		{"PUT /runners/:id instance", domain.RunnerAccess.MustUpdate, aRunner(), adminsOnly, errNoAccess},
		{"PUT /runners/:id project", domain.RunnerAccess.MustUpdate, aRunner(ofProjects(1)), domain.Maintainer, errNoAccess},
		{"PUT /runners/:id project, several projects", domain.RunnerAccess.MustUpdate, aRunner(ofProjects(2)), domain.Maintainer, errNoAccess},
		{"PUT /runners/:id project, locked", domain.RunnerAccess.MustUpdate, aRunner(ofProjects(1), locked), domain.Maintainer, errNoAccess},
		{"PUT /runners/:id group", domain.RunnerAccess.MustUpdate, aRunner(ofGroup), domain.Owner, errNoAccess},
		{"DELETE /runners/:id instance", domain.RunnerAccess.MustDelete, aRunner(), adminsOnly, errNoAccess},
		{"DELETE /runners/:id project, no project", domain.RunnerAccess.MustDelete, aRunner(ofProjects(0)), domain.Maintainer, errNoAccess},
		{"DELETE /runners/:id project, one project", domain.RunnerAccess.MustDelete, aRunner(ofProjects(1)), domain.Maintainer, errNoAccess},
		{"DELETE /runners/:id project, locked", domain.RunnerAccess.MustDelete, aRunner(ofProjects(1), locked), domain.Maintainer, errNoAccess},
		{"DELETE /runners/:id project, several projects", domain.RunnerAccess.MustDelete, aRunner(ofProjects(2)), adminsOnly, severalProjects},
		{"DELETE /runners/:id group", domain.RunnerAccess.MustDelete, aRunner(ofGroup), domain.Owner, errNoAccess},
		{"GET /runners/:id/jobs instance", domain.RunnerAccess.MustListJobs, aRunner(), adminsOnly, errNoAccess},
		{"GET /runners/:id/jobs project", domain.RunnerAccess.MustListJobs, aRunner(ofProjects(1)), domain.Maintainer, errNoAccess},
		{"GET /runners/:id/jobs group", domain.RunnerAccess.MustListJobs, aRunner(ofGroup), domain.Owner, errNoAccess},
	} {
		t.Run(test.row, func(t *testing.T) {
			t.Parallel()
			for _, level := range levels {
				err := test.do(domain.RunnerAccess{Standing: at(level)}, test.runner)
				if level >= test.from {
					assert.NoError(t, err, "level %d", level)
				} else {
					assert.ErrorIs(t, err, test.want, "level %d", level)
				}
			}
			assert.NoError(t, test.do(domain.RunnerAccess{Standing: admin}, test.runner), "admin")
		})
	}
}

func TestMaintenanceNoteIsForThoseWhoMayUpdate(t *testing.T) {
	t.Parallel()
	for name, runner := range map[string]*domain.Runner{
		"instance": aRunner(), "group": aRunner(ofGroup), "project": aRunner(ofProjects(2)),
	} {
		for _, who := range []domain.Standing{admin, at(domain.Owner), at(domain.Maintainer), at(domain.Developer), at(domain.NoAccess)} {
			t.Run(fmt.Sprintf("%s runner, level %d, admin %t", name, who.Level, who.Actor.Admin), func(t *testing.T) {
				t.Parallel()
				access := domain.RunnerAccess{Standing: who}
				assert.Equal(t, access.MustUpdate(runner) == nil, access.SeesMaintenanceNote(runner))
			})
		}
	}
}

func TestARunnerOfNoKnownTypeIsNobodysOwn(t *testing.T) {
	t.Parallel()
	odd := aRunner(func(s *domain.RunnerState) { s.Type = "odd_type" })
	assert.ErrorIs(t, domain.RunnerAccess{Standing: at(domain.Owner)}.MustUpdate(odd), errNoAccess)
}
