package rest

import (
	"runyard/adapters/rest/paging"
	"runyard/adapters/rest/params"
	"runyard/application"
	"runyard/domain"
)

var (
	listMembersSchema = params.NewSchema(append([]params.Declaration{params.String("id")}, paging.Params()...)...)
	memberSchema      = params.NewSchema(params.Int("user_id"))
	addMemberSchema   = params.NewSchema(
		params.Int("user_id").Required(), params.Int("access_level").Required(), params.Date("expires_at"),
	)
	updateMemberSchema = params.NewSchema(
		params.Int("user_id"), params.Int("access_level").Required(), params.Date("expires_at"),
	)
)

// memberships opens the members of a group or of a project: the handlers are
// the same for both.
type memberships struct {
	read   func(*Server, *call) (*application.MemberReader, error)
	manage func(*Server, *call) (*application.MemberManager, error)
}

var (
	ofProject = memberships{
		read: func(s *Server, c *call) (*application.MemberReader, error) {
			return s.Members.OfProject(c.ctx(), c.actor, c.projectRef())
		},
		manage: func(s *Server, c *call) (*application.MemberManager, error) {
			return s.Members.ManageProject(c.ctx(), c.actor, c.projectRef())
		},
	}
	ofGroup = memberships{
		read: func(s *Server, c *call) (*application.MemberReader, error) {
			return s.Members.OfGroup(c.ctx(), c.actor, c.groupRef())
		},
		manage: func(s *Server, c *call) (*application.MemberManager, error) {
			return s.Members.ManageGroup(c.ctx(), c.actor, c.groupRef())
		},
	}
)

func (s *Server) listMembers(of memberships, inherited bool) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		members, err := of.read(s, c)
		if err != nil {
			return answer{}, err
		}
		values, err := c.parse(listMembersSchema)
		if err != nil {
			return answer{}, err
		}
		list, err := members.List(c.ctx(), inherited, c.page(values))
		if err != nil {
			return answer{}, err
		}
		return paged(c, values, list.Total, mapped(list.Members, s.views.member)), nil
	}
}

func (s *Server) showMember(of memberships) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		members, err := of.read(s, c)
		if err != nil {
			return answer{}, err
		}
		values, err := c.parse(memberSchema)
		if err != nil {
			return answer{}, err
		}
		member, err := members.Show(c.ctx(), idOf[domain.UserID](values, "user_id"))
		if err != nil {
			return answer{}, err
		}
		return ok(s.views.member(member)), nil
	}
}

func (s *Server) addMember(of memberships) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		members, err := of.manage(s, c)
		if err != nil {
			return answer{}, err
		}
		values, err := c.parse(addMemberSchema)
		if err != nil {
			return answer{}, err
		}
		member, err := members.Add(c.ctx(), domain.MembershipState{
			User:      idOf[domain.UserID](values, "user_id"),
			Level:     domain.AccessLevel(orZero(values.Int("access_level"))),
			ExpiresAt: orZero(values.Date("expires_at")),
		})
		if err != nil {
			return answer{}, err
		}
		return created(s.views.member(member)), nil
	}
}

func (s *Server) updateMember(of memberships) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		members, err := of.manage(s, c)
		if err != nil {
			return answer{}, err
		}
		values, err := c.parse(updateMemberSchema)
		if err != nil {
			return answer{}, err
		}
		member, err := members.Update(c.ctx(), idOf[domain.UserID](values, "user_id"), domain.MembershipChange{
			Level:     domain.AccessLevel(orZero(values.Int("access_level"))),
			ExpiresAt: sent(values, "expires_at", orZero(values.Date("expires_at"))),
		})
		if err != nil {
			return answer{}, err
		}
		return ok(s.views.member(member)), nil
	}
}

func (s *Server) removeMember(of memberships) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		members, err := of.manage(s, c)
		if err != nil {
			return answer{}, err
		}
		values, err := c.parse(memberSchema)
		if err != nil {
			return answer{}, err
		}
		return noContent(), members.Remove(c.ctx(), idOf[domain.UserID](values, "user_id"))
	}
}
