package authorization

import (
	"fmt"
	"testing"

	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// agent is a runner whose token is known.
func (p *place) agent() (domain.RunnerID, string) {
	token := p.RunnerToken()
	id := p.AddInstanceRunner(func(s *domain.RunnerState) { s.Token = p.Vault.Digest(token) })
	return id, token.Reveal()
}

func (p *place) tokenOfProject() string {
	return p.Vault.RegistrationToken(p.Project(p.project).State().Token.Seed).Reveal()
}

func (p *place) tokenOfGroup() string {
	return p.Vault.RegistrationToken(p.Group(p.group).State().Token.Seed).Reveal()
}

func register(token func(p *place) string) func(p *place) question {
	return func(p *place) question {
		return ask("runners").with(apitest.Form("token", token(p))).changing("runners/all")
	}
}

func unregister(token func(p *place) string) func(p *place) question {
	return func(p *place) question {
		return ask("runners").with(apitest.Form("token", token(p))).changing("runners/all")
	}
}

func verify(token func(p *place) string) func(p *place) question {
	return func(p *place) question { return ask("runners/verify").with(apitest.Form("token", token(p))) }
}

func tokenOfInstance(*place) string { return apitest.RegistrationToken }

func tokenOfRunner(p *place) string {
	p.forget()
	_, token := p.agent()
	return token
}

func wrongToken(*place) string { return "wrong" }

func ownToken(p *place) string { return p.token }

// tokenOfPausedRunner is good, and gets no job, though there are some.
func (p *place) tokenOfPausedRunner() string {
	p.forget()
	token := p.RunnerToken()
	p.AddInstanceRunner(func(s *domain.RunnerState) { s.Token, s.Active = p.Vault.Digest(token), false })
	return token.Reveal()
}

// anUpload is a small file as agents send it.
var anUpload = apitest.Body("multipart/form-data; boundary=B", "--B\r\n"+
	`Content-Disposition: form-data; name="file"; filename="artifacts.zip"`+"\r\n\r\nhi\r\n--B--\r\n")

// requestJob asks for work.
func requestJob(token func(p *place) string) func(p *place) question {
	return func(p *place) question { return ask("jobs/request").with(apitest.Form("token", token(p))) }
}

// aboutJob shows the user's own token where that of the job is wanted.
func aboutJob(below string, parts ...apitest.Part) func(p *place) question {
	return func(p *place) question {
		token := p.Vault.Digest(p.JobToken())
		id := p.AddJob(p.project, func(s *domain.JobState) { s.Status, s.Token = domain.JobRunning, token })
		q := ask("jobs/%d%s", id, below).with(parts...).with(apitest.Header("JOB-TOKEN", p.token))
		return q.changing("projects/%d/jobs/%d", p.project, id)
	}
}

// The last lines of table 2.3: the user is irrelevant, the token decides. No
// token is good for what another kind is for (3.5).
var agentTable = []rule{
	{request: "POST /runners", of: "the instance", ask: register(tokenOfInstance), want: everybody(made)},
	{request: "POST /runners", of: "a project", ask: register((*place).tokenOfProject), want: everybody(made)},
	{request: "POST /runners", of: "a group", ask: register((*place).tokenOfGroup), want: everybody(made)},
	{request: "POST /runners", of: "nothing", ask: register(wrongToken), want: everybody(refused)},
	{request: "POST /runners", of: "a user", ask: register(ownToken), want: everybody(refused)},
	{request: "POST /runners", of: "a runner", ask: register(tokenOfRunner), want: everybody(refused)},

	{request: "POST /runners/verify", of: "a runner", ask: verify(tokenOfRunner), want: everybody(shown)},
	{request: "POST /runners/verify", of: "nothing", ask: verify(wrongToken), want: everybody(refused)},
	{request: "POST /runners/verify", of: "a user", ask: verify(ownToken), want: everybody(refused)},
	{request: "POST /runners/verify", of: "the instance", ask: verify(tokenOfInstance), want: everybody(refused)},
	{request: "POST /runners/verify", of: "a project", ask: verify((*place).tokenOfProject), want: everybody(refused)},

	{request: "DELETE /runners", of: "a runner", ask: unregister(tokenOfRunner), want: everybody(gone)},
	{request: "DELETE /runners", of: "nothing", ask: unregister(wrongToken), want: everybody(refused)},
	{request: "DELETE /runners", of: "a user", ask: unregister(ownToken), want: everybody(refused)},
	{request: "DELETE /runners", of: "the instance", ask: unregister(tokenOfInstance), want: everybody(refused)},
	{request: "DELETE /runners", of: "a group", ask: unregister((*place).tokenOfGroup), want: everybody(refused)},

	{request: "POST /jobs/request", of: "a paused runner", ask: requestJob((*place).tokenOfPausedRunner), want: everybody(gone)},
	{request: "POST /jobs/request", of: "nothing", ask: requestJob(wrongToken), want: everybody(refused)},
	{request: "POST /jobs/request", of: "a user", ask: requestJob(ownToken), want: everybody(refused)},
	{request: "POST /jobs/request", of: "the instance", ask: requestJob(tokenOfInstance), want: everybody(refused)},

	{request: "PUT /jobs/:id", of: "a user", ask: aboutJob("", apitest.JSON(`{"state":"running"}`)), want: everybody(refused)},
	{request: "PATCH /jobs/:id/trace", of: "a user", ask: aboutJob("/trace",
		apitest.Header("Content-Range", "0-1"), apitest.Body("text/plain", "hi")), want: everybody(refused)},
	{request: "POST /jobs/:id/artifacts", of: "a user", ask: aboutJob("/artifacts", anUpload), want: everybody(refused)},
	{request: "GET /jobs/:id/artifacts", of: "a user", ask: aboutJob("/artifacts"), want: everybody(refused)},

	{request: "GET /runners/router/discovery", ask: func(*place) question { return ask("runners/router/discovery") }, want: everybody(lacking)},
}

// A bad credential of a user is not looked at where a runner's token decides.
func TestAgentsMayShowAnything(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		p := &place{API: apitest.New(t, store)}
		p.forget()
		_, token := p.agent()
		for name, part := range map[string]apitest.Part{
			"an unknown personal token": apitest.As("glpat-unknown"),
			"a bearer token":            apitest.Header("Authorization", "Bearer unknown"),
			"the wish to be another":    apitest.Header("Sudo", "root"),
			"the token of a job":        apitest.Header("JOB-TOKEN", "unknown"),
		} {
			t.Run(name, func(t *testing.T) {
				r := p.Do("POST", "runners/verify", apitest.JSON(fmt.Sprintf(`{"token":%q}`, token)), part)
				checkAnswer(t, shown, r)
			})
		}
	})
}
