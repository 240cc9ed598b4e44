package rest

import (
	"strings"

	"runyard/application"
	"runyard/domain"
)

// personalAccessTokenLength is how long the tokens are that we hand out.
const personalAccessTokenLength = len("glpat-") + 20

// signIn finds out who asks.
func (c *call) signIn(r *route) (domain.Actor, error) {
	sudo := c.raw.Scalar("sudo")
	if sudo == "" {
		sudo = c.gin.GetHeader("Sudo")
	}
	return c.server.Authentication.SignIn(c.ctx(), application.SignIn{
		Token: c.credential(), Scopes: r.scopes(), Also: r.furtherScopes(), Sudo: sudo,
	})
}

// takeTokenFromHeader lets an agent show its token in a header. One among the
// parameters comes first (runner-protocol.md section 3).
func (c *call) takeTokenFromHeader() {
	if _, sent := c.raw["token"]; sent {
		return
	}
	if token := firstPresent(c.gin.GetHeader(runnerTokenHeader)); token != "" {
		c.raw["token"] = token
	}
}

// credential is the token that counts: the first one present decides, even if
// it is wrong (runners-api.md 1.7). A bearer token comes first, unless it looks
// like a personal access token: then those sent as such come before it.
func (c *call) credential() domain.Secret {
	bearer := firstPresent(c.raw.Scalar("access_token"), c.bearerHeader(), c.raw.Scalar("bearer_token"))
	personal := firstPresent(c.raw.Scalar("private_token"), c.gin.GetHeader("Private-Token"))
	if bearer != "" && (personal == "" || len(bearer) != personalAccessTokenLength) {
		return domain.Secret(bearer)
	}
	return domain.Secret(personal)
}

func (c *call) bearerHeader() string {
	scheme, token, found := strings.Cut(c.gin.GetHeader("Authorization"), " ")
	if !found || !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return token
}

// firstPresent is the first value that is not blank.
func firstPresent(values ...string) string {
	for _, value := range values {
		if strings.TrimSpace(value) != "" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
