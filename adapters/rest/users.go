package rest

import (
	"runyard/adapters/rest/paging"
	"runyard/adapters/rest/params"
	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

var (
	idSchema        = params.NewSchema(params.Int("id"))
	listUsersSchema = params.NewSchema(append([]params.Declaration{
		params.String("username"), params.String("search"),
	}, paging.Params()...)...)
	createUserSchema = params.NewSchema(
		params.String("email").Required(),
		params.String("username").Required(),
		params.String("name").Required(),
		params.Bool("admin"),
	)
)

func (s *Server) showOneself(c *call) (answer, error) {
	user, err := s.Users.Show(c.ctx(), c.actor.User)
	if err != nil {
		return answer{}, err
	}
	return ok(s.views.userFor(c.actor, user)), nil
}

func (s *Server) listUsers(c *call) (answer, error) {
	values, err := c.parse(listUsersSchema)
	if err != nil {
		return answer{}, err
	}
	list, err := s.Users.List(c.ctx(), ports.UserQuery{
		Username: orZero(values.String("username")), Search: orZero(values.String("search")),
	}, c.page(values))
	if err != nil {
		return answer{}, err
	}
	users := mapped(list.Users, func(u *domain.User) any { return s.views.userFor(c.actor, u) })
	return paged(c, values, list.Total, users), nil
}

func (s *Server) showUser(c *call) (answer, error) {
	values, err := c.parse(idSchema)
	if err != nil {
		return answer{}, err
	}
	user, err := s.Users.Show(c.ctx(), idOf[domain.UserID](values, "id"))
	if err != nil {
		return answer{}, err
	}
	return ok(s.views.userFor(c.actor, user)), nil
}

func (s *Server) createUser(c *call) (answer, error) {
	values, err := c.parse(createUserSchema)
	if err != nil {
		return answer{}, err
	}
	user, err := s.Users.Create(c.ctx(), application.CreateUser{
		Actor: c.actor, Email: orZero(values.String("email")), Username: orZero(values.String("username")),
		Name: orZero(values.String("name")), Admin: orZero(values.Bool("admin")),
	})
	if err != nil {
		return answer{}, err
	}
	return created(s.views.userFor(c.actor, user)), nil
}

func (s *Server) deleteUser(c *call) (answer, error) {
	values, err := c.parse(idSchema)
	if err != nil {
		return answer{}, err
	}
	return noContent(), s.Users.Delete(c.ctx(), c.actor, idOf[domain.UserID](values, "id"))
}

func (s *Server) blockUser(c *call) (answer, error) {
	values, err := c.parse(idSchema)
	if err != nil {
		return answer{}, err
	}
	return created(true), s.Users.Block(c.ctx(), c.actor, idOf[domain.UserID](values, "id"))
}

func (s *Server) unblockUser(c *call) (answer, error) {
	values, err := c.parse(idSchema)
	if err != nil {
		return answer{}, err
	}
	return created(true), s.Users.Unblock(c.ctx(), c.actor, idOf[domain.UserID](values, "id"))
}
