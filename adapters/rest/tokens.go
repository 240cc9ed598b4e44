package rest

import (
	"runyard/adapters/rest/params"
	"runyard/application"
	"runyard/domain"
)

var createTokenSchema = params.NewSchema(
	params.Int("id"),
	params.String("name").Required(),
	params.List("scopes").Required(),
	params.Date("expires_at"),
)

func (s *Server) createToken(c *call) (answer, error) {
	values, err := c.parse(createTokenSchema)
	if err != nil {
		return answer{}, err
	}
	token, err := s.Users.CreateToken(c.ctx(), application.CreateToken{
		Actor: c.actor, User: idOf[domain.UserID](values, "id"), Name: orZero(values.String("name")),
		Scopes: values.List("scopes"), ExpiresAt: orZero(values.Date("expires_at")),
	})
	if err != nil {
		return answer{}, err
	}
	return created(newTokenView{s.views.token(token.TokenView), token.Secret.Reveal()}), nil
}

func (s *Server) showToken(c *call) (answer, error) {
	token, err := s.Users.ShowToken(c.ctx(), c.actor)
	if err != nil {
		return answer{}, err
	}
	return ok(s.views.token(token)), nil
}

func (s *Server) revokeToken(c *call) (answer, error) {
	values, err := c.parse(idSchema)
	if err != nil {
		return answer{}, err
	}
	return noContent(), s.Users.RevokeToken(c.ctx(), c.actor, idOf[domain.PersonalAccessTokenID](values, "id"))
}
