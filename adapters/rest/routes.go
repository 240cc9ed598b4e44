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
}

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
	// runnerToken: whoever; the handler asks for a token of its own. User
	// credentials are not looked at (runners-api.md 1.6).
	runnerToken
)

// apiPrefix is where the API lives.
const apiPrefix = "/api/v4"

// routes is the table of the API.
func (s *Server) routes() []route {
	const get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	return []route{
		{get, "/runners", s.listOwnedRunners, signedIn},
		{post, "/runners", s.registerRunner, runnerToken},
		{del, "/runners", s.unregisterRunner, runnerToken},
		{post, "/runners/verify", s.verifyRunner, runnerToken},
		{del, "/runners/managers", s.removeRunnerManager, runnerToken},
		{post, "/runners/reset_authentication_token", s.rotateRunnerToken, runnerToken},
		{post, "/runners/reset_registration_token", s.resetInstanceToken, signedIn},
		{get, "/runners/all", s.listAllRunners, signedIn},
		{get, "/runners/:id", s.showRunner, runnerManager},
		{put, "/runners/:id", s.updateRunner, runnerManager},
		{del, "/runners/:id", s.deleteRunner, runnerManager},
		{get, "/runners/:id/jobs", s.listRunnerJobs, runnerManager},
		{get, "/runners/:id/managers", s.listRunnerManagers, runnerManager},
		{post, "/runners/:id/reset_authentication_token", s.resetRunnerToken, runnerManager},
		{post, "/user/runners", s.createRunner, runnerCreator},
		{get, "/projects/:id/runners", s.listProjectRunners, signedIn},
		{post, "/projects/:id/runners", s.assignRunner, signedIn},
		{del, "/projects/:id/runners/:runner_id", s.unassignRunner, signedIn},
		{post, "/projects/:id/runners/reset_registration_token", s.resetProjectToken, signedIn},
		{get, "/groups/:id/runners", s.listGroupRunners, signedIn},
		{post, "/groups/:id/runners/reset_registration_token", s.resetGroupToken, signedIn},

		{get, "/version", s.showVersion, signedIn},
		{get, "/metadata", s.showVersion, signedIn},

		{get, "/user", s.showOneself, signedIn},
		{get, "/users", s.listUsers, signedIn},
		{post, "/users", s.createUser, signedIn},
		{get, "/users/:id", s.showUser, signedIn},
		{del, "/users/:id", s.deleteUser, signedIn},
		{post, "/users/:id/block", s.blockUser, signedIn},
		{post, "/users/:id/unblock", s.unblockUser, signedIn},
		{post, "/users/:id/personal_access_tokens", s.createToken, signedIn},
		{get, "/personal_access_tokens/self", s.showToken, anyScope},
		{del, "/personal_access_tokens/:id", s.revokeToken, signedIn},

		{get, "/groups", s.listGroups, signedIn},
		{post, "/groups", s.createGroup, signedIn},
		{get, "/groups/:id", s.showGroup, signedIn},
		{put, "/groups/:id", s.updateGroup, signedIn},
		{del, "/groups/:id", s.deleteGroup, signedIn},

		{get, "/projects", s.listProjects, signedIn},
		{post, "/projects", s.createProject, signedIn},
		{post, "/projects/user/:user_id", s.createProjectFor, signedIn},
		{get, "/projects/:id", s.showProject, signedIn},
		{put, "/projects/:id", s.updateProject, signedIn},
		{del, "/projects/:id", s.deleteProject, signedIn},

		{get, "/projects/:id/members", s.listMembers(ofProject, false), signedIn},
		{post, "/projects/:id/members", s.addMember(ofProject), signedIn},
		{get, "/projects/:id/members/all", s.listMembers(ofProject, true), signedIn},
		{get, "/projects/:id/members/:user_id", s.showMember(ofProject), signedIn},
		{put, "/projects/:id/members/:user_id", s.updateMember(ofProject), signedIn},
		{del, "/projects/:id/members/:user_id", s.removeMember(ofProject), signedIn},
		{get, "/groups/:id/members", s.listMembers(ofGroup, false), signedIn},
		{post, "/groups/:id/members", s.addMember(ofGroup), signedIn},
		{get, "/groups/:id/members/all", s.listMembers(ofGroup, true), signedIn},
		{get, "/groups/:id/members/:user_id", s.showMember(ofGroup), signedIn},
		{put, "/groups/:id/members/:user_id", s.updateMember(ofGroup), signedIn},
		{del, "/groups/:id/members/:user_id", s.removeMember(ofGroup), signedIn},

		{get, "/projects/:id/jobs", s.listProjectJobs, signedIn},
		{post, "/projects/:id/jobs", s.enqueueJob, signedIn},
		{get, "/projects/:id/jobs/:job_id", s.showJob, signedIn},
	}
}

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
