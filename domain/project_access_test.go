package domain_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
)

func TestProjectAccess(t *testing.T) {
	t.Parallel()
	hidden, refused := domain.NotFound("Project"), domain.Forbidden("")
	for name, test := range map[string]struct {
		visibility    domain.Visibility
		who           domain.Standing
		see, maintain *domain.Error
	}{
		"private, no relation: nothing there":            {domain.Private, at(domain.NoAccess), hidden, hidden},
		"private, Guest: seen, but no more":              {domain.Private, at(domain.Guest), nil, refused},
		"private, Developer: seen, but no more":          {domain.Private, at(domain.Developer), nil, refused},
		"private, Maintainer: yes":                       {domain.Private, at(domain.Maintainer), nil, nil},
		"private, Owner: yes":                            {domain.Private, at(domain.Owner), nil, nil},
		"private, admin: yes":                            {domain.Private, admin, nil, nil},
		"internal, no relation: seen, but no more":       {domain.Internal, at(domain.NoAccess), nil, refused},
		"internal, Reporter: seen, but no more":          {domain.Internal, at(domain.Reporter), nil, refused},
		"internal, Maintainer: yes":                      {domain.Internal, at(domain.Maintainer), nil, nil},
		"public, no relation: seen, but no more":         {domain.Public, at(domain.NoAccess), nil, refused},
		"public, admin: yes":                             {domain.Public, admin, nil, nil},
		"a project without visibility counts as private": {"", at(domain.NoAccess), hidden, hidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			project := aProject(t, func(s *domain.ProjectSpec) { s.Visibility = test.visibility })
			access := domain.ProjectAccess{Standing: test.who, Project: project}
			assertRefusal(t, test.see, access.MustSee())
			assertRefusal(t, test.maintain, access.Must(domain.Maintainer))
		})
	}
}

// assertRefusal wants that refusal, or none if it is nil.
func assertRefusal(t *testing.T, want *domain.Error, got error) {
	t.Helper()
	if want == nil {
		assert.NoError(t, got)
		return
	}
	assert.Equal(t, error(want), got)
}
