package domain_test

import (
	"testing"

	"runyard/domain"
)

func TestGroupAccess(t *testing.T) {
	t.Parallel()
	hidden, refused := domain.NotFound("Group"), domain.Forbidden("")
	for name, test := range map[string]struct {
		visibility  domain.Visibility
		who         domain.Standing
		seesProject bool
		see, own    *domain.Error
	}{
		"private, no relation: nothing there":                    {domain.Private, at(domain.NoAccess), false, hidden, hidden},
		"private, access to a project inside: seen, but no more": {domain.Private, at(domain.NoAccess), true, nil, refused},
		"private, Guest: seen, but no more":                      {domain.Private, at(domain.Guest), false, nil, refused},
		"private, Maintainer: seen, but no more":                 {domain.Private, at(domain.Maintainer), false, nil, refused},
		"private, Owner: yes":                                    {domain.Private, at(domain.Owner), false, nil, nil},
		"private, admin: yes":                                    {domain.Private, admin, false, nil, nil},
		"internal, no relation: seen, but no more":               {domain.Internal, at(domain.NoAccess), false, nil, refused},
		"public, no relation: seen, but no more":                 {domain.Public, at(domain.NoAccess), false, nil, refused},
		"public, Owner: yes":                                     {domain.Public, at(domain.Owner), false, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			access := domain.GroupAccess{Standing: test.who, Group: aGroup(t, test.visibility), SeesProject: test.seesProject}
			assertRefusal(t, test.see, access.MustSee())
			assertRefusal(t, test.own, access.Must(domain.Owner))
		})
	}
}
