package authorization

import (
	"runyard/domain"
	"runyard/test/apitest"
)

func listJobs(p *place) question { return ask("projects/%d/jobs", p.project) }

func showJob(p *place) question { return ask("projects/%d/jobs/%d", p.project, p.AddJob(p.project)) }

func showForeignJob(p *place) question {
	return ask("projects/%d/jobs/%d", p.project, p.AddJob(p.foreign))
}

func enqueueJob(p *place) question {
	p.forget() // of the list: it has got longer
	return ask("projects/%d/jobs", p.project).
		with(apitest.JSON(`{"name":"test","script":"make"}`)).changing("projects/%d/jobs", p.project)
}

func cancelJob(p *place) question {
	id := p.AddJob(p.project)
	return ask("projects/%d/jobs/%d/cancel", p.project, id).changing("projects/%d/jobs/%d", p.project, id)
}

func retryJob(p *place) question {
	p.forget() // of the list: it gets longer
	id := p.AddJob(p.project, func(s *domain.JobState) { s.Status = domain.JobFailed })
	return ask("projects/%d/jobs/%d/retry", p.project, id).changing("projects/%d/jobs", p.project)
}

func readTrace(p *place) question {
	return ask("projects/%d/jobs/%d/trace", p.project, p.AddJob(p.project))
}

func readArchive(p *place) question {
	return ask("projects/%d/jobs/%d/artifacts", p.project, p.AddJob(p.project))
}

// Columns: signed in without relation, Guest, Reporter, Developer, Maintainer,
// Owner, admin; before them the anonymous and the blocked.
var jobTable = []rule{
	{request: "GET /projects/:id/jobs", ask: listJobs, want: users(noProject, refused, shown, shown, shown, shown, shown)},
	{request: "GET /projects/:id/jobs", visibility: domain.Public, ask: listJobs, want: users(refused, refused, shown, shown, shown, shown, shown)},
	{request: "GET /projects/:id/jobs/:job_id", ask: showJob, want: users(noProject, refused, shown, shown, shown, shown, shown)},
	{request: "GET /projects/:id/jobs/:job_id", visibility: domain.Public, ask: showJob, want: users(refused, refused, shown, shown, shown, shown, shown)},
	{request: "GET /projects/:id/jobs/:job_id", of: "others", ask: showForeignJob, want: users(noProject, refused, noJob, noJob, noJob, noJob, noJob)},
	{request: "POST /projects/:id/jobs", ask: enqueueJob, want: users(noProject, refused, refused, made, made, made, made)},
	{request: "POST /projects/:id/jobs", visibility: domain.Public, ask: enqueueJob, want: users(refused, refused, refused, made, made, made, made)},

	{request: "POST /projects/:id/jobs/:job_id/cancel", ask: cancelJob, want: users(noProject, refused, refused, made, made, made, made)},
	{request: "POST /projects/:id/jobs/:job_id/cancel", visibility: domain.Public, ask: cancelJob, want: users(refused, refused, refused, made, made, made, made)},
	{request: "POST /projects/:id/jobs/:job_id/retry", ask: retryJob, want: users(noProject, refused, refused, made, made, made, made)},
	{request: "POST /projects/:id/jobs/:job_id/retry", visibility: domain.Public, ask: retryJob, want: users(refused, refused, refused, made, made, made, made)},
	{request: "GET /projects/:id/jobs/:job_id/trace", ask: readTrace, want: users(noProject, refused, shown, shown, shown, shown, shown)},
	{request: "GET /projects/:id/jobs/:job_id/trace", visibility: domain.Public, ask: readTrace, want: users(refused, refused, shown, shown, shown, shown, shown)},
	{request: "GET /projects/:id/jobs/:job_id/artifacts", ask: readArchive, want: users(noProject, refused, noArchive, noArchive, noArchive, noArchive, noArchive)},
	{request: "GET /projects/:id/jobs/:job_id/artifacts", visibility: domain.Public, ask: readArchive, want: users(refused, refused, noArchive, noArchive, noArchive, noArchive, noArchive)},
}
