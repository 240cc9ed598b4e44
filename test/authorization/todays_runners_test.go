package authorization

import (
	"net/http"
	"testing"

	"runyard/domain"
	"runyard/test/apitest"
)

// insufficient is the same for a place where one may not make a runner and for
// one that is not there.
var insufficient = answer{http.StatusForbidden, `{"message":"403 Forbidden - Insufficient permissions"}`}

func managersOf(kind string) func(p *place) question {
	return func(p *place) question { return ask("runners/%d/managers", p.runner(kind)) }
}

func resetToken(kind string) func(p *place) question {
	return func(p *place) question {
		return ask("runners/%d/reset_authentication_token", p.runner(kind)).with(apitest.JSON("null"))
	}
}

func makeRunner(form func(p *place) []string) func(p *place) question {
	return func(p *place) question {
		return ask("user/runners").with(apitest.Form(form(p)...)).changing("runners/all")
	}
}

func ofInstance(*place) []string { return []string{"runner_type", "instance_type"} }

func ofGroup(p *place) []string {
	return []string{"runner_type", "group_type", "group_id", decimal(p.group)}
}

func ofGroupAbove(p *place) []string {
	return []string{"runner_type", "group_type", "group_id", decimal(p.parent)}
}

func ofProject(p *place) []string {
	return []string{"runner_type", "project_type", "project_id", decimal(p.project)}
}

func ofForeignProject(p *place) []string {
	return []string{"runner_type", "project_type", "project_id", decimal(p.foreign)}
}

func ofMissingProject(*place) []string {
	return []string{"runner_type", "project_type", "project_id", "987654321"}
}

func rotate(token func(p *place) string) func(p *place) question {
	return func(p *place) question {
		return ask("runners/reset_authentication_token").with(apitest.Form("token", token(p)))
	}
}

// leave is what a machine asks that has worked for the runner of the token.
func leave(token func(p *place) string) func(p *place) question {
	return func(p *place) question {
		shown := token(p)
		p.Do(http.MethodPost, "runners/verify", apitest.Form("token", shown, "system_id", "s_0123456789ab"))
		return ask("runners/managers").with(apitest.Form("token", shown, "system_id", "s_0123456789ab"))
	}
}

func resetOfProject(p *place) question {
	return ask("projects/%d/runners/reset_registration_token", p.project).changing("projects/%d", p.project)
}

func resetOfGroup(p *place) question {
	return ask("groups/%d/runners/reset_registration_token", p.group).changing("groups/%d", p.group)
}

func resetOfInstance(*place) question { return ask("runners/reset_registration_token") }

// Chapters 5.6 to 5.8 of the Runners API reference.
var todaysTable = []rule{
	{request: "POST /user/runners", of: "the instance", ask: makeRunner(ofInstance), want: users(insufficient, insufficient, insufficient, insufficient, insufficient, insufficient, made)},
	{request: "POST /user/runners", of: "a group", relation: toGroup, ask: makeRunner(ofGroup), want: users(insufficient, insufficient, insufficient, insufficient, insufficient, made, made)},
	{request: "POST /user/runners", of: "the group above", relation: toParent, ask: makeRunner(ofGroupAbove), want: users(insufficient, insufficient, insufficient, insufficient, insufficient, made, made)},
	{request: "POST /user/runners", of: "a project", ask: makeRunner(ofProject), want: users(insufficient, insufficient, insufficient, insufficient, made, made, made)},
	{request: "POST /user/runners", of: "a project", visibility: domain.Public, ask: makeRunner(ofProject), want: users(insufficient, insufficient, insufficient, insufficient, made, made, made)},
	{request: "POST /user/runners", of: "a project of others", ask: makeRunner(ofForeignProject), want: users(insufficient, insufficient, insufficient, insufficient, insufficient, insufficient, made)},
	{request: "POST /user/runners", of: "a project that does not exist", ask: makeRunner(ofMissingProject), want: whoever(insufficient)},

	{request: "GET /runners/:id/managers", of: instance, ask: managersOf(instance), want: row(signIn, barred, shown, shown, shown, shown, shown)},
	{request: "GET /runners/:id/managers", of: single, ask: managersOf(single), want: row(signIn, barred, noAccess, noAccess, shown, shown, shown)},
	{request: "GET /runners/:id/managers", of: foreign, ask: managersOf(foreign), want: row(signIn, barred, noAccess, noAccess, noAccess, noAccess, shown)},
	{request: "GET /runners/:id/managers", of: group, relation: toGroup, ask: managersOf(group), want: row(signIn, barred, noAccess, noAccess, shown, shown, shown)},
	{request: "GET /runners/:id/managers", of: above, relation: toParent, ask: managersOf(above), want: row(signIn, barred, noAccess, noAccess, shown, shown, shown)},
	{request: "GET /runners/:id/managers", of: missing, ask: managersOf(missing), want: row(signIn, barred, noSuchID, noSuchID, noSuchID, noSuchID, noSuchID)},

	{request: "POST /runners/:id/reset_authentication_token", of: instance, ask: resetToken(instance), want: row(signIn, barred, noAccess, noAccess, noAccess, noAccess, made)},
	{request: "POST /runners/:id/reset_authentication_token", of: single, ask: resetToken(single), want: row(signIn, barred, noAccess, noAccess, made, made, made)},
	{request: "POST /runners/:id/reset_authentication_token", of: several, ask: resetToken(several), want: row(signIn, barred, noAccess, noAccess, made, made, made)},
	{request: "POST /runners/:id/reset_authentication_token", of: foreign, ask: resetToken(foreign), want: row(signIn, barred, noAccess, noAccess, noAccess, noAccess, made)},
	{request: "POST /runners/:id/reset_authentication_token", of: group, relation: toGroup, ask: resetToken(group), want: row(signIn, barred, noAccess, noAccess, noAccess, made, made)},
	{request: "POST /runners/:id/reset_authentication_token", of: above, relation: toParent, ask: resetToken(above), want: row(signIn, barred, noAccess, noAccess, noAccess, made, made)},
	{request: "POST /runners/:id/reset_authentication_token", of: missing, ask: resetToken(missing), want: row(signIn, barred, noSuchID, noSuchID, noSuchID, noSuchID, noSuchID)},

	{request: "POST /projects/:id/runners/reset_registration_token", ask: resetOfProject, want: row(signIn, barred, noProject, refused, made, made, made)},
	{request: "POST /projects/:id/runners/reset_registration_token", visibility: domain.Public, ask: resetOfProject, want: row(signIn, barred, refused, refused, made, made, made)},
	{request: "POST /groups/:id/runners/reset_registration_token", visibility: domain.Public, relation: toGroup, ask: resetOfGroup, want: row(signIn, barred, refused, refused, refused, made, made)},
	{request: "POST /runners/reset_registration_token", ask: resetOfInstance, want: administrators(made)},
}

// The token of the agent decides, and nobody's credentials matter.
var todaysAgentTable = []rule{
	{request: "POST /runners/reset_authentication_token", of: "a runner", ask: rotate(tokenOfRunner), want: everybody(made)},
	{request: "POST /runners/reset_authentication_token", of: "nothing", ask: rotate(wrongToken), want: everybody(refused)},
	{request: "POST /runners/reset_authentication_token", of: "a user", ask: rotate(ownToken), want: everybody(refused)},
	{request: "POST /runners/reset_authentication_token", of: "the instance", ask: rotate(tokenOfInstance), want: everybody(refused)},
	{request: "POST /runners/reset_authentication_token", of: "a project", ask: rotate((*place).tokenOfProject), want: everybody(refused)},

	{request: "DELETE /runners/managers", of: "a runner", ask: leave(tokenOfRunner), want: everybody(gone)},
	{request: "DELETE /runners/managers", of: "nothing", ask: leave(wrongToken), want: everybody(refused)},
	{request: "DELETE /runners/managers", of: "a user", ask: leave(ownToken), want: everybody(refused)},
	{request: "DELETE /runners/managers", of: "a group", ask: leave((*place).tokenOfGroup), want: everybody(refused)},
}

func TestWhoMayDoWhatWithTodaysRunners(t *testing.T) {
	t.Parallel()
	checkTable(t, everyRole(), todaysTable)
}

func TestWhatTodaysAgentsMayDo(t *testing.T) {
	t.Parallel()
	checkTable(t, oneForEachColumn(), todaysAgentTable)
}
