package authorization

import (
	"fmt"

	"runyard/domain"
	"runyard/test/apitest"
)

func (p *place) pathOfProject() string { return "projects/" + decimal(p.project) }
func (p *place) pathOfGroup() string   { return "groups/" + decimal(p.group) }

// colleague is a Guest of the project and the group: a new one only after
// something was changed.
func (p *place) colleague() domain.UserID {
	if p.guest == 0 {
		p.guest = p.AddUser()
		p.AddProjectMember(p.project, p.guest, domain.Guest)
		p.AddGroupMember(p.group, p.guest, domain.Guest)
	}
	return p.guest
}

func listMembers(of func(p *place) string, rest string) func(p *place) question {
	return func(p *place) question { return ask("%s/%s", of(p), rest) }
}

func showMember(of func(p *place) string) func(p *place) question {
	return func(p *place) question { return ask("%s/members/%d", of(p), p.colleague()) }
}

func addMember(of func(p *place) string) func(p *place) question {
	return func(p *place) question {
		id := p.another()
		return ask("%s/members", of(p)).
			with(apitest.JSON(fmt.Sprintf(`{"user_id":%d,"access_level":30}`, id))).
			changing("%s/members/%d", of(p), id)
	}
}

func updateMember(of func(p *place) string) func(p *place) question {
	return func(p *place) question {
		path := fmt.Sprintf("%s/members/%d", of(p), p.colleague())
		return ask("%s", path).with(apitest.Form("access_level", "30")).changing("%s", path)
	}
}

func removeMember(of func(p *place) string) func(p *place) question {
	return func(p *place) question {
		path := fmt.Sprintf("%s/members/%d", of(p), p.colleague())
		return ask("%s", path).changing("%s", path)
	}
}

// memberTable says for both who manages members, and what those get who do not
// see the thing.
func memberTable(of string, path func(p *place) string, relation relation, hidden answer, maintainer func(answer) answer) []rule {
	managers := func(stranger, done answer) answers {
		return users(stranger, refused, refused, refused, maintainer(done), done, done)
	}
	seen := users(hidden, shown, shown, shown, shown, shown, shown)
	const open = domain.Public
	return []rule{
		{request: "GET " + of + "/members", relation: relation, ask: listMembers(path, "members"), want: seen},
		{request: "GET " + of + "/members", relation: relation, visibility: open, ask: listMembers(path, "members"), want: whoever(shown)},
		{request: "GET " + of + "/members/all", relation: relation, ask: listMembers(path, "members/all"), want: seen},
		{request: "GET " + of + "/members/all", relation: relation, visibility: open, ask: listMembers(path, "members/all"), want: whoever(shown)},
		{request: "GET " + of + "/members/:user_id", relation: relation, ask: showMember(path), want: seen},
		{request: "GET " + of + "/members/:user_id", relation: relation, visibility: open, ask: showMember(path), want: whoever(shown)},
		{
			request: "GET " + of + "/members/:user_id", of: "nobody", relation: relation, ask: listMembers(path, "members/987654321"),
			want: users(hidden, noMember, noMember, noMember, noMember, noMember, noMember),
		},

		{request: "POST " + of + "/members", relation: relation, ask: addMember(path), want: managers(hidden, made)},
		{request: "POST " + of + "/members", relation: relation, visibility: open, ask: addMember(path), want: managers(refused, made)},
		{request: "PUT " + of + "/members/:user_id", relation: relation, ask: updateMember(path), want: managers(hidden, shown)},
		{request: "PUT " + of + "/members/:user_id", relation: relation, visibility: open, ask: updateMember(path), want: managers(refused, shown)},
		{request: "DELETE " + of + "/members/:user_id", relation: relation, ask: removeMember(path), want: managers(hidden, gone)},
		{request: "DELETE " + of + "/members/:user_id", relation: relation, visibility: open, ask: removeMember(path), want: managers(refused, gone)},
	}
}

var (
	projectMemberTable = memberTable("/projects/:id", (*place).pathOfProject, toProject, noProject,
		func(done answer) answer { return done })
	groupMemberTable = memberTable("/groups/:id", (*place).pathOfGroup, toGroup, noGroup,
		func(answer) answer { return refused })
)
