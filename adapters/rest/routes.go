package rest

import (
	"net/http"

	"runyard/domain"
)

// route is one operation of the API.
type route struct {
	method string
	path   string // below /api/v4
	handle func(*call) (answer, error)
	access access
	body   body
}

// body says who reads the body of a request.
type body int

const (
	// parametersBody: the body holds parameters, and is short.
	parametersBody body = iota
	// handlersBody: the handler reads the body as it comes. Parameters are in
	// the path and the query alone.
	handlersBody
)

// access says who may come as far as the handler.
type access int

const (
	// signedIn: a user whose token has the scope for the method.
	signedIn access = iota
	// runnerManager: like signedIn, or a user whose token is for managing runners.
	runnerManager
	// runnerCreator: a user whose token is for everything or for making runners.
	runnerCreator
	// anyScope: a user, whatever the token is good for.
	anyScope
	// runnerToken: whoever; the handler asks for a token of its own, that of a
	// runner or of a job. User credentials are not looked at (runners-api.md 1.6).
	runnerToken
	// nobody is asked who they are.
	nobody
)

const (
	// apiPrefix is where the API lives.
	apiPrefix = "/api/v4"
	// requestPath is where agents ask for work.
	requestPath = "/jobs/request"
)

// routes is the table of the API.
func (s *Server) routes() []route { return append(s.directoryRoutes(), s.jobRoutes()...) }

// directoryRoutes are those around runners, users, groups and projects.
func (s *Server) directoryRoutes() []route {
	const get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	return []route{
		{get, "/runners", s.listOwnedRunners, signedIn, parametersBody},
		{post, "/runners", s.registerRunner, runnerToken, parametersBody},
		{del, "/runners", s.unregisterRunner, runnerToken, parametersBody},
		{post, "/runners/verify", s.verifyRunner, runnerToken, parametersBody},
		{del, "/runners/managers", s.removeRunnerManager, runnerToken, parametersBody},
		{post, "/runners/reset_authentication_token", s.rotateRunnerToken, runnerToken, parametersBody},
		{post, "/runners/reset_registration_token", s.resetInstanceToken, signedIn, parametersBody},
		{get, "/runners/all", s.listAllRunners, signedIn, parametersBody},
		{get, "/runners/:id", s.showRunner, runnerManager, parametersBody},
		{put, "/runners/:id", s.updateRunner, runnerManager, parametersBody},
		{del, "/runners/:id", s.deleteRunner, runnerManager, parametersBody},
		{get, "/runners/:id/jobs", s.listRunnerJobs, runnerManager, parametersBody},
		{get, "/runners/:id/managers", s.listRunnerManagers, runnerManager, parametersBody},
		{post, "/runners/:id/reset_authentication_token", s.resetRunnerToken, runnerManager, parametersBody},
		{post, "/user/runners", s.createRunner, runnerCreator, parametersBody},
		{get, "/projects/:id/runners", s.listProjectRunners, signedIn, parametersBody},
		{post, "/projects/:id/runners", s.assignRunner, signedIn, parametersBody},
		{del, "/projects/:id/runners/:runner_id", s.unassignRunner, signedIn, parametersBody},
		{post, "/projects/:id/runners/reset_registration_token", s.resetProjectToken, signedIn, parametersBody},
		{get, "/groups/:id/runners", s.listGroupRunners, signedIn, parametersBody},
		{post, "/groups/:id/runners/reset_registration_token", s.resetGroupToken, signedIn, parametersBody},

		{get, "/version", s.showVersion, signedIn, parametersBody},
		{get, "/metadata", s.showVersion, signedIn, parametersBody},

		{get, "/user", s.showOneself, signedIn, parametersBody},
		{get, "/users", s.listUsers, signedIn, parametersBody},
		{post, "/users", s.createUser, signedIn, parametersBody},
		{get, "/users/:id", s.showUser, signedIn, parametersBody},
		{del, "/users/:id", s.deleteUser, signedIn, parametersBody},
		{post, "/users/:id/block", s.blockUser, signedIn, parametersBody},
		{post, "/users/:id/unblock", s.unblockUser, signedIn, parametersBody},
		{post, "/users/:id/personal_access_tokens", s.createToken, signedIn, parametersBody},
		{get, "/personal_access_tokens/self", s.showToken, anyScope, parametersBody},
		{del, "/personal_access_tokens/:id", s.revokeToken, signedIn, parametersBody},

		{get, "/groups", s.listGroups, signedIn, parametersBody},
		{post, "/groups", s.createGroup, signedIn, parametersBody},
		{get, "/groups/:id", s.showGroup, signedIn, parametersBody},
		{put, "/groups/:id", s.updateGroup, signedIn, parametersBody},
		{del, "/groups/:id", s.deleteGroup, signedIn, parametersBody},

		{get, "/projects", s.listProjects, signedIn, parametersBody},
		{post, "/projects", s.createProject, signedIn, parametersBody},
		{post, "/projects/user/:user_id", s.createProjectFor, signedIn, parametersBody},
		{get, "/projects/:id", s.showProject, signedIn, parametersBody},
		{put, "/projects/:id", s.updateProject, signedIn, parametersBody},
		{del, "/projects/:id", s.deleteProject, signedIn, parametersBody},

		{get, "/projects/:id/members", s.listMembers(ofProject, false), signedIn, parametersBody},
		{post, "/projects/:id/members", s.addMember(ofProject), signedIn, parametersBody},
		{get, "/projects/:id/members/all", s.listMembers(ofProject, true), signedIn, parametersBody},
		{get, "/projects/:id/members/:user_id", s.showMember(ofProject), signedIn, parametersBody},
		{put, "/projects/:id/members/:user_id", s.updateMember(ofProject), signedIn, parametersBody},
		{del, "/projects/:id/members/:user_id", s.removeMember(ofProject), signedIn, parametersBody},
		{get, "/groups/:id/members", s.listMembers(ofGroup, false), signedIn, parametersBody},
		{post, "/groups/:id/members", s.addMember(ofGroup), signedIn, parametersBody},
		{get, "/groups/:id/members/all", s.listMembers(ofGroup, true), signedIn, parametersBody},
		{get, "/groups/:id/members/:user_id", s.showMember(ofGroup), signedIn, parametersBody},
		{put, "/groups/:id/members/:user_id", s.updateMember(ofGroup), signedIn, parametersBody},
		{del, "/groups/:id/members/:user_id", s.removeMember(ofGroup), signedIn, parametersBody},
	}
}

// jobRoutes are those around jobs: for people first, then for agents.
func (s *Server) jobRoutes() []route {
	const get, post, put, patch = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch
	return []route{
		{get, "/projects/:id/jobs", s.listProjectJobs, signedIn, parametersBody},
		{post, "/projects/:id/jobs", s.enqueueJob, signedIn, parametersBody},
		{get, "/projects/:id/jobs/:job_id", s.showJob, signedIn, parametersBody},
		{post, "/projects/:id/jobs/:job_id/cancel", s.cancelJob, signedIn, parametersBody},
		{post, "/projects/:id/jobs/:job_id/retry", s.retryJob, signedIn, parametersBody},
		{get, "/projects/:id/jobs/:job_id/trace", s.showTrace, signedIn, parametersBody},
		{get, "/projects/:id/jobs/:job_id/artifacts", s.showArchive, signedIn, parametersBody},

		{post, requestPath, s.requestJob, runnerToken, parametersBody},
		{put, "/jobs/:id", s.updateJob, runnerToken, parametersBody},
		{patch, "/jobs/:id/trace", s.appendTrace, runnerToken, handlersBody},
		{post, "/jobs/:id/artifacts", s.uploadArtifact, runnerToken, handlersBody},
		{get, "/jobs/:id/artifacts", s.downloadArtifact, runnerToken, parametersBody},
		{get, "/runners/router/discovery", s.discoverRouter, nobody, parametersBody},
	}
}

// crowded tells whether many may call the operation at the same moment, and mean
// no harm: after a restart all agents ask for work.
func (r *route) crowded() bool { return r.path == requestPath }

// scopes are those that let a user come in, as a refusal names them; nil: any
// (runners-api.md 1.7 and 5.8).
func (r route) scopes() []domain.Scope {
	switch {
	case r.access == anyScope:
		return nil
	case r.access == runnerCreator:
		return []domain.Scope{domain.ScopeAPI, domain.ScopeCreateRunner}
	case r.method == http.MethodGet:
		return []domain.Scope{domain.ScopeAPI, domain.ScopeReadAPI}
	}
	return []domain.Scope{domain.ScopeAPI}
}

// furtherScopes would do as well, but old clients do not know them: refusals
// stay as they were (runners-api.md D18).
func (r route) furtherScopes() []domain.Scope {
	if r.access == runnerManager {
		return []domain.Scope{domain.ScopeManageRunner}
	}
	return nil
}

// Routes names every operation of the API, as "GET /runners/:id".
func Routes() []string {
	var names []string
	for _, r := range (&Server{}).routes() {
		names = append(names, r.method+" "+r.path)
	}
	return names
}
