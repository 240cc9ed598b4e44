package authorization

import (
	"slices"

	"runyard/domain"
	"runyard/test/fixture"
)

// role is somebody who asks, and the column that they are in: by what they are
// to a project, to its group, and to the group above that.
type role struct {
	name                         string
	toProject, toGroup, toParent column

	token    string                    // shown instead of the user's own
	user     func(s *domain.UserState) // what is special about the user
	join     func(p *place)            // makes the user what they are
	personal bool                      // the project is in the user's own namespace
}

func be(name string, everywhere column) role {
	return role{name: name, toProject: everywhere, toGroup: everywhere, toParent: everywhere}
}

var levels = []struct {
	name   string
	level  domain.AccessLevel
	column column
}{
	{"Guest", domain.Guest, guest},
	{"Reporter", domain.Reporter, reporter},
	{"Developer", domain.Developer, developer},
	{"Maintainer", domain.Maintainer, maintainer},
	{"Owner", domain.Owner, owner},
}

// outsiders are those whom no membership helps: one for each reason, and some
// more for good measure.
func outsiders() (plain, special []role) {
	nobody := be("nobody", anonymous)
	unknown := be("somebody with an unknown token", anonymous)
	unknown.token = "glpat-unknown"
	blockedOwner := be("a blocked Owner", blocked)
	blockedOwner.user = func(s *domain.UserState) { s.Status = domain.UserBlocked }
	blockedOwner.join = func(p *place) { p.joinEverything(domain.Owner) }
	blockedAdmin := be("a blocked administrator", blocked)
	blockedAdmin.user = func(s *domain.UserState) { s.Status, s.Admin = domain.UserBlocked, true }
	elsewhere := be("an Owner of something else", stranger)
	elsewhere.join = func(p *place) { p.AddGroupOf(p.asker, 0) }
	expired := be("an Owner whose memberships have expired", stranger)
	expired.join = func(p *place) { p.joinEverything(domain.Owner, fixture.Expired) }
	below := be("an Owner of a subgroup without projects", stranger)
	below.join = func(p *place) { p.AddGroupOf(p.asker, p.group) }
	return []role{nobody, blockedOwner, be("a stranger", stranger), expired}, []role{unknown, blockedAdmin, elsewhere, below}
}

// members are those who have some level: directly, through the group, or
// through the group above. Who is a member of what is below a group sees it,
// but has no level there, which is what a Guest can do.
func members() []role {
	var all []role
	for _, l := range levels {
		all = append(all,
			role{
				name: l.name + " of the project", toProject: l.column, toGroup: guest, toParent: guest,
				join: func(p *place) { p.joinProjects(l.level) },
			},
			role{
				name: l.name + " of the group", toProject: l.column, toGroup: l.column, toParent: guest,
				join: func(p *place) { p.joinGroup(p.group, l.level) },
			},
			role{
				name: l.name + " of the group above", toProject: l.column, toGroup: l.column, toParent: l.column,
				join: func(p *place) { p.joinGroup(p.parent, l.level) },
			},
		)
	}
	return append(all,
		role{
			name: "owner of the project's personal namespace", personal: true,
			toProject: owner, toGroup: stranger, toParent: stranger,
		},
		role{
			name: "Guest of the project and Maintainer of the group above", toProject: maintainer, toGroup: maintainer, toParent: maintainer,
			join: func(p *place) {
				p.joinProjects(domain.Guest)
				p.joinGroup(p.parent, domain.Maintainer)
			},
		},
	)
}

// oneForEachColumn is for tables where nothing depends on how somebody came to
// their level.
func oneForEachColumn() []role {
	all, _ := outsiders()
	for _, l := range levels {
		all = append(all, role{
			name: l.name, toProject: l.column, toGroup: l.column, toParent: guest,
			join: func(p *place) {
				p.joinProjects(l.level)
				p.joinGroup(p.group, l.level)
			},
		})
	}
	return append(all, administratorRoles()[0])
}

// administratorRoles are those who count as Owner everywhere.
func administratorRoles() []role {
	one := be("an administrator", admin)
	one.user = func(s *domain.UserState) { s.Admin = true }
	two := be("an administrator who is a Guest", admin)
	two.user = one.user
	two.join = func(p *place) { p.joinEverything(domain.Guest) }
	return []role{one, two}
}

// everyRole is everybody there is.
func everyRole() []role {
	plain, special := outsiders()
	return slices.Concat(plain, special, members(), administratorRoles())
}
