package authorization

import (
	"runyard/domain"
	"runyard/test/apitest"
)

func createGroup(p *place) question {
	name := p.RunnerToken().Reveal()
	return ask("groups").with(apitest.Form("name", name, "path", name)).changing("groups/%s", name)
}

func createSubgroup(p *place) question {
	name := p.RunnerToken().Reveal()
	return ask("groups").
		with(apitest.Form("name", name, "path", name, "parent_id", decimal(p.group))).
		changing("groups?search=%s", name)
}

func showGroup(p *place) question   { return ask("groups/%d", p.group) }
func showParent(p *place) question  { return ask("groups/%d", p.parent) }
func deleteGroup(p *place) question { return ask("groups/%d", p.group).changing("groups/%d", p.group) }

func updateGroup(p *place) question {
	return ask("groups/%d", p.group).
		with(apitest.Form("description", p.RunnerToken().Reveal())).changing("groups/%d", p.group)
}

// Columns: signed in without relation, Guest, Reporter, Developer, Maintainer,
// Owner, admin; before them the anonymous and the blocked.
var groupTable = []rule{
	{request: "GET /groups", ask: plain("groups"), want: whoever(shown)},
	{request: "POST /groups", ask: createGroup, want: whoever(made)},
	{request: "POST /groups", of: "the group", ask: createSubgroup, relation: toGroup, want: users(noGroup, refused, refused, refused, refused, made, made)},
	{request: "POST /groups", of: "the group", visibility: domain.Public, ask: createSubgroup, relation: toGroup, want: users(refused, refused, refused, refused, refused, made, made)},

	{request: "GET /groups/:id", relation: toGroup, ask: showGroup, want: users(noGroup, shown, shown, shown, shown, shown, shown)},
	{request: "GET /groups/:id", relation: toGroup, visibility: domain.Internal, ask: showGroup, want: whoever(shown)},
	{request: "GET /groups/:id", relation: toGroup, visibility: domain.Public, ask: showGroup, want: whoever(shown)},
	{request: "GET /groups/:id", of: "the group above", relation: toParent, ask: showParent, want: users(noGroup, shown, shown, shown, shown, shown, shown)},
	{request: "GET /groups/:id", of: "nothing", ask: plain("groups/987654321"), want: whoever(noGroup)},

	{request: "PUT /groups/:id", relation: toGroup, ask: updateGroup, want: users(noGroup, refused, refused, refused, refused, shown, shown)},
	{request: "PUT /groups/:id", relation: toGroup, visibility: domain.Public, ask: updateGroup, want: users(refused, refused, refused, refused, refused, shown, shown)},
	{request: "DELETE /groups/:id", relation: toGroup, last: true, ask: deleteGroup, want: users(noGroup, refused, refused, refused, refused, accepted, accepted)},
	{request: "DELETE /groups/:id", relation: toGroup, visibility: domain.Public, last: true, ask: deleteGroup, want: users(refused, refused, refused, refused, refused, accepted, accepted)},
}
