package authorization

import (
	"runyard/domain"
	"runyard/test/apitest"
)

// another is a user who has nothing to do with the asker.
func (p *place) another() domain.UserID { return p.AddUser() }

func plain(path string) func(p *place) question {
	return func(*place) question { return ask("%s", path) }
}

func showUser(p *place) question { return ask("users/%d", p.another()) }

func createUser(p *place) question {
	name := p.RunnerToken().Reveal()
	return ask("users").
		with(apitest.Form("username", name, "name", name, "email", name+"@example.com", "admin", "true")).
		changing("users?username=%s", name)
}

func deleteUser(p *place) question {
	id := p.another()
	return ask("users/%d", id).changing("users/%d", id)
}

func blockUser(p *place) question {
	id := p.another()
	return ask("users/%d/block", id).changing("users/%d", id)
}

func unblockUser(p *place) question {
	id := p.AddUser(func(s *domain.UserState) { s.Status = domain.UserBlocked })
	return ask("users/%d/unblock", id).changing("users/%d", id)
}

// newToken asks for a token of the user, who may be the asker.
func (p *place) newToken(user domain.UserID) question {
	return ask("users/%d/personal_access_tokens", user).with(apitest.Form("name", "new", "scopes[]", "api"))
}

func createTokenForAnother(p *place) question { return p.newToken(p.another()) }
func createTokenForOneself(p *place) question { return p.newToken(p.asker) }

func revokeOwnToken(p *place) question {
	secret := p.PersonalAccessToken()
	id := p.AddToken(p.asker, func(s *domain.PersonalAccessTokenState) { s.Digest = p.Vault.Digest(secret) })
	return ask("personal_access_tokens/%d", id).changing("personal_access_tokens/self?private_token=%s", secret.Reveal())
}

func revokeTokenOfAnother(p *place) question {
	secret := p.PersonalAccessToken()
	id := p.AddToken(p.another(), func(s *domain.PersonalAccessTokenState) { s.Digest = p.Vault.Digest(secret) })
	return ask("personal_access_tokens/%d", id).changing("personal_access_tokens/self?private_token=%s", secret.Reveal())
}

// Columns: signed in without relation, Guest, Reporter, Developer, Maintainer,
// Owner, admin; before them the anonymous and the blocked.
var userTable = []rule{
	{request: "GET /version", ask: plain("version"), want: whoever(shown)},
	{request: "GET /metadata", ask: plain("metadata"), want: whoever(shown)},
	{request: "GET /user", ask: plain("user"), want: whoever(shown)},
	{request: "GET /users", ask: plain("users"), want: whoever(shown)},
	{request: "GET /users/:id", ask: showUser, want: whoever(shown)},
	{request: "GET /users/:id", of: "nobody", ask: plain("users/987654321"), want: whoever(noUser)},

	{request: "POST /users", ask: createUser, want: administrators(made)},
	{request: "POST /users/:id/block", ask: blockUser, want: administrators(made)},
	{request: "POST /users/:id/unblock", ask: unblockUser, want: administrators(made)},
	{request: "DELETE /users/:id", ask: deleteUser, want: administrators(gone)},
	{request: "DELETE /users/:id", of: "nobody", ask: plain("users/987654321"), want: users(refused, refused, refused, refused, refused, refused, noUser)},

	{request: "POST /users/:id/personal_access_tokens", of: "another", ask: createTokenForAnother, want: administrators(made)},
	{request: "POST /users/:id/personal_access_tokens", of: "oneself", ask: createTokenForOneself, want: administrators(made)},
	{request: "GET /personal_access_tokens/self", ask: plain("personal_access_tokens/self"), want: whoever(shown)},
	{request: "DELETE /personal_access_tokens/:id", of: "oneself", ask: revokeOwnToken, want: whoever(gone)},
	{request: "DELETE /personal_access_tokens/:id", of: "another", ask: revokeTokenOfAnother, want: users(noToken, noToken, noToken, noToken, noToken, noToken, gone)},
	{request: "DELETE /personal_access_tokens/:id", of: "nobody", ask: plain("personal_access_tokens/987654321"), want: whoever(noToken)},
}
