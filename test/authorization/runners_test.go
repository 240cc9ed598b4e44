package authorization

import (
	"runyard/domain"
	"runyard/test/apitest"
)

// The runners that table 2.3 tells apart, and some more.
const (
	instance = "an instance runner"
	single   = "a project runner with one project"
	several  = "a project runner with several projects"
	foreign  = "a project runner of others"
	group    = "a group runner"
	above    = "a runner of the group above"
	missing  = "a runner that does not exist"
	sibling  = "a runner of another project of the asker"
	fixed    = "a locked runner of another project of the asker"
)

var kinds = map[string]func(p *place) domain.RunnerID{
	instance: func(p *place) domain.RunnerID { return p.AddInstanceRunner() },
	single:   func(p *place) domain.RunnerID { return p.AddProjectRunner(p.project) },
	foreign:  func(p *place) domain.RunnerID { return p.AddProjectRunner(p.foreign) },
	group:    func(p *place) domain.RunnerID { return p.AddGroupRunner(p.group) },
	above:    func(p *place) domain.RunnerID { return p.AddGroupRunner(p.parent) },
	sibling:  func(p *place) domain.RunnerID { return p.AddProjectRunner(p.sibling) },
	missing:  func(*place) domain.RunnerID { return 987654321 },
	several: func(p *place) domain.RunnerID {
		id := p.AddProjectRunner(p.project)
		p.Assign(id, p.foreign)
		return id
	},
	fixed: func(p *place) domain.RunnerID {
		return p.AddProjectRunner(p.sibling, func(s *domain.RunnerState) { s.Locked = true })
	},
}

func show(kind string) func(p *place) question {
	return func(p *place) question { return ask("runners/%d", p.runner(kind)) }
}

func update(kind string) func(p *place) question {
	return func(p *place) question {
		id := p.runner(kind)
		return ask("runners/%d", id).with(apitest.Form("description", "changed")).changing("runners/%d", id)
	}
}

func remove(kind string) func(p *place) question {
	return func(p *place) question {
		id := p.runner(kind)
		return ask("runners/%d", id).changing("runners/%d", id)
	}
}

func jobsOf(kind string) func(p *place) question {
	return func(p *place) question { return ask("runners/%d/jobs", p.runner(kind)) }
}

// Columns: anonymous, blocked, signed in without relation, Guest to Developer,
// Maintainer, Owner, admin.
var runnerTable = []rule{
	{request: "GET /runners", ask: func(*place) question { return ask("runners") }, want: row(signIn, barred, shown, shown, shown, shown, shown)},
	{request: "GET /runners/all", ask: func(*place) question { return ask("runners/all") }, want: row(signIn, barred, refused, refused, refused, refused, shown)},

	{request: "GET /runners/:id", of: instance, ask: show(instance), want: row(signIn, barred, shown, shown, shown, shown, shown)},
	{request: "GET /runners/:id", of: single, ask: show(single), want: row(signIn, barred, noAccess, noAccess, shown, shown, shown)},
	{request: "GET /runners/:id", of: several, ask: show(several), want: row(signIn, barred, noAccess, noAccess, shown, shown, shown)},
	{request: "GET /runners/:id", of: foreign, ask: show(foreign), want: row(signIn, barred, noAccess, noAccess, noAccess, noAccess, shown)},
	{request: "GET /runners/:id", of: group, relation: toGroup, ask: show(group), want: row(signIn, barred, noAccess, noAccess, shown, shown, shown)},
	{request: "GET /runners/:id", of: above, relation: toParent, ask: show(above), want: row(signIn, barred, noAccess, noAccess, shown, shown, shown)},
	{request: "GET /runners/:id", of: missing, ask: show(missing), want: row(signIn, barred, noSuchID, noSuchID, noSuchID, noSuchID, noSuchID)},

	{request: "PUT /runners/:id", of: instance, ask: update(instance), want: row(signIn, barred, noAccess, noAccess, noAccess, noAccess, shown)},
	{request: "PUT /runners/:id", of: single, ask: update(single), want: row(signIn, barred, noAccess, noAccess, shown, shown, shown)},
	{request: "PUT /runners/:id", of: several, ask: update(several), want: row(signIn, barred, noAccess, noAccess, shown, shown, shown)},
	{request: "PUT /runners/:id", of: foreign, ask: update(foreign), want: row(signIn, barred, noAccess, noAccess, noAccess, noAccess, shown)},
	{request: "PUT /runners/:id", of: group, relation: toGroup, ask: update(group), want: row(signIn, barred, noAccess, noAccess, noAccess, shown, shown)},
	{request: "PUT /runners/:id", of: above, relation: toParent, ask: update(above), want: row(signIn, barred, noAccess, noAccess, noAccess, shown, shown)},
	{request: "PUT /runners/:id", of: missing, ask: update(missing), want: row(signIn, barred, noSuchID, noSuchID, noSuchID, noSuchID, noSuchID)},

	{request: "DELETE /runners/:id", of: instance, ask: remove(instance), want: row(signIn, barred, noAccess, noAccess, noAccess, noAccess, gone)},
	{request: "DELETE /runners/:id", of: single, ask: remove(single), want: row(signIn, barred, noAccess, noAccess, gone, gone, gone)},
	{request: "DELETE /runners/:id", of: several, ask: remove(several), want: row(signIn, barred, severalLeft, severalLeft, severalLeft, severalLeft, gone)},
	{request: "DELETE /runners/:id", of: foreign, ask: remove(foreign), want: row(signIn, barred, noAccess, noAccess, noAccess, noAccess, gone)},
	{request: "DELETE /runners/:id", of: group, relation: toGroup, ask: remove(group), want: row(signIn, barred, noAccess, noAccess, noAccess, gone, gone)},
	{request: "DELETE /runners/:id", of: above, relation: toParent, ask: remove(above), want: row(signIn, barred, noAccess, noAccess, noAccess, gone, gone)},
	{request: "DELETE /runners/:id", of: missing, ask: remove(missing), want: row(signIn, barred, noSuchID, noSuchID, noSuchID, noSuchID, noSuchID)},

	{request: "GET /runners/:id/jobs", of: instance, ask: jobsOf(instance), want: row(signIn, barred, noAccess, noAccess, noAccess, noAccess, shown)},
	{request: "GET /runners/:id/jobs", of: single, ask: jobsOf(single), want: row(signIn, barred, noAccess, noAccess, shown, shown, shown)},
	{request: "GET /runners/:id/jobs", of: several, ask: jobsOf(several), want: row(signIn, barred, noAccess, noAccess, shown, shown, shown)},
	{request: "GET /runners/:id/jobs", of: foreign, ask: jobsOf(foreign), want: row(signIn, barred, noAccess, noAccess, noAccess, noAccess, shown)},
	{request: "GET /runners/:id/jobs", of: group, relation: toGroup, ask: jobsOf(group), want: row(signIn, barred, noAccess, noAccess, noAccess, shown, shown)},
	{request: "GET /runners/:id/jobs", of: above, relation: toParent, ask: jobsOf(above), want: row(signIn, barred, noAccess, noAccess, noAccess, shown, shown)},
	{request: "GET /runners/:id/jobs", of: missing, ask: jobsOf(missing), want: row(signIn, barred, noSuchID, noSuchID, noSuchID, noSuchID, noSuchID)},
}
