package authorization

import (
	"fmt"

	"runyard/domain"
	"runyard/test/apitest"
)

func runnersOfProject(p *place) question { return ask("projects/%d/runners", p.project) }

func enable(kind string) func(p *place) question {
	return func(p *place) question {
		id := p.runner(kind)
		return ask("projects/%d/runners", p.project).with(apitest.JSON(fmt.Sprintf(`{"runner_id":%d}`, id))).changing("runners/%d", id)
	}
}

func disable(kind string) func(p *place) question {
	return func(p *place) question {
		id := p.runner(kind)
		return ask("projects/%d/runners/%d", p.project, id).changing("runners/%d", id)
	}
}

func runnersOfGroup(p *place) question { return ask("groups/%d/runners", p.group) }

func runnersOfParent(p *place) question { return ask("groups/%d/runners", p.parent) }

// The rest of table 2.3, with the reasons of 3.10, 4.9 and 4.10. Columns as above.
var assignmentTable = []rule{
	{request: "GET /projects/:id/runners", ask: runnersOfProject, want: row(signIn, barred, noProject, refused, shown, shown, shown)},
	{request: "GET /projects/:id/runners", visibility: domain.Internal, ask: runnersOfProject, want: row(signIn, barred, refused, refused, shown, shown, shown)},
	{request: "GET /projects/:id/runners", visibility: domain.Public, ask: runnersOfProject, want: row(signIn, barred, refused, refused, shown, shown, shown)},

	{request: "POST /projects/:id/runners", of: sibling, ask: enable(sibling), want: row(signIn, barred, noProject, refused, made, made, made)},
	{request: "POST /projects/:id/runners", of: sibling, visibility: domain.Internal, ask: enable(sibling), want: row(signIn, barred, refused, refused, made, made, made)},
	{request: "POST /projects/:id/runners", of: sibling, visibility: domain.Public, ask: enable(sibling), want: row(signIn, barred, refused, refused, made, made, made)},
	{request: "POST /projects/:id/runners", of: fixed, ask: enable(fixed), want: row(signIn, barred, noProject, refused, locked, locked, made)},
	{request: "POST /projects/:id/runners", of: foreign, ask: enable(foreign), want: row(signIn, barred, noProject, refused, noAccess, noAccess, made)},
	{request: "POST /projects/:id/runners", of: instance, ask: enable(instance), want: row(signIn, barred, noProject, refused, noAccess, noAccess, made)},
	{request: "POST /projects/:id/runners", of: group, ask: enable(group), want: row(signIn, barred, noProject, refused, ofAGroup, ofAGroup, ofAGroup)},
	{request: "POST /projects/:id/runners", of: single, ask: enable(single), want: row(signIn, barred, noProject, refused, assigned, assigned, assigned)},
	{request: "POST /projects/:id/runners", of: missing, ask: enable(missing), want: row(signIn, barred, noProject, refused, noSuchID, noSuchID, noSuchID)},

	{request: "DELETE /projects/:id/runners/:runner_id", of: several, ask: disable(several), want: row(signIn, barred, noProject, refused, gone, gone, gone)},
	{request: "DELETE /projects/:id/runners/:runner_id", of: several, visibility: domain.Internal, ask: disable(several), want: row(signIn, barred, refused, refused, gone, gone, gone)},
	{request: "DELETE /projects/:id/runners/:runner_id", of: several, visibility: domain.Public, ask: disable(several), want: row(signIn, barred, refused, refused, gone, gone, gone)},
	{request: "DELETE /projects/:id/runners/:runner_id", of: single, ask: disable(single), want: row(signIn, barred, noProject, refused, onlyProject, onlyProject, onlyProject)},
	{request: "DELETE /projects/:id/runners/:runner_id", of: sibling, ask: disable(sibling), want: row(signIn, barred, noProject, refused, noRunner, noRunner, noRunner)},
	{request: "DELETE /projects/:id/runners/:runner_id", of: foreign, ask: disable(foreign), want: row(signIn, barred, noProject, refused, noRunner, noRunner, noRunner)},
	{request: "DELETE /projects/:id/runners/:runner_id", of: instance, ask: disable(instance), want: row(signIn, barred, noProject, refused, noRunner, noRunner, noRunner)},
	{request: "DELETE /projects/:id/runners/:runner_id", of: group, ask: disable(group), want: row(signIn, barred, noProject, refused, noRunner, noRunner, noRunner)},
	{request: "DELETE /projects/:id/runners/:runner_id", of: missing, ask: disable(missing), want: row(signIn, barred, noProject, refused, noRunner, noRunner, noRunner)},

	{request: "GET /groups/:id/runners", relation: toGroup, ask: runnersOfGroup, want: row(signIn, barred, noGroup, refused, refused, shown, shown)},
	{request: "GET /groups/:id/runners", relation: toGroup, visibility: domain.Internal, ask: runnersOfGroup, want: row(signIn, barred, refused, refused, refused, shown, shown)},
	{request: "GET /groups/:id/runners", relation: toGroup, visibility: domain.Public, ask: runnersOfGroup, want: row(signIn, barred, refused, refused, refused, shown, shown)},
	{request: "GET /groups/:id/runners", of: "the group above", relation: toParent, ask: runnersOfParent, want: row(signIn, barred, noGroup, refused, refused, shown, shown)},
}
