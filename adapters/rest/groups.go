package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"runyard/adapters/rest/paging"
	"runyard/adapters/rest/params"
	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

var (
	searchSchema      = params.NewSchema(append([]params.Declaration{params.String("search")}, paging.Params()...)...)
	createGroupSchema = params.NewSchema(
		params.String("name").Required(),
		params.String("path").Required(),
		params.Int("parent_id"),
		params.Enum("visibility", domain.Visibilities()...),
		params.String("description"),
		params.Int(tokenExpirationInterval).Within64Bits(),
	)
	updateGroupSchema = params.NewSchema(
		params.String("name"),
		params.String("path"),
		params.Enum("visibility", domain.Visibilities()...),
		params.String("description"),
		params.Int(tokenExpirationInterval).Within64Bits(),
	)
)

// tokenExpirationInterval says how long runner tokens are good, in seconds, in a
// group or project.
const tokenExpirationInterval = "runner_token_expiration_interval"

func (s *Server) listGroups(c *call) (answer, error) {
	values, err := c.parse(searchSchema)
	if err != nil {
		return answer{}, err
	}
	query := ports.GroupQuery{Search: orZero(values.String("search"))}
	list, err := s.Groups.List(c.ctx(), c.actor, query, c.page(values))
	if err != nil {
		return answer{}, err
	}
	return paged(c, values, list.Total, mapped(list.Groups, s.views.group)), nil
}

func (s *Server) showGroup(c *call) (answer, error) {
	group, err := s.Groups.Show(c.ctx(), c.actor, c.groupRef())
	if err != nil {
		return answer{}, err
	}
	return ok(s.views.group(group)), nil
}

func (s *Server) createGroup(c *call) (answer, error) {
	values, err := c.parse(createGroupSchema)
	if err != nil {
		return answer{}, err
	}
	command := application.CreateGroup{
		Actor: c.actor, Name: orZero(values.String("name")), Path: orZero(values.String("path")),
		Visibility:  domain.Visibility(orZero(values.String("visibility"))),
		Description: orZero(values.String("description")),

		TokenExpirationInterval: values.Int(tokenExpirationInterval),
	}
	if values.Int("parent_id") != nil {
		command.Parent = idOf[domain.GroupID](values, "parent_id")
	}
	group, err := s.Groups.Create(c.ctx(), command)
	if err != nil {
		return answer{}, groupNotSaved(err)
	}
	return created(s.views.group(group)), nil
}

func (s *Server) updateGroup(c *call) (answer, error) {
	editor, err := s.Groups.Edit(c.ctx(), c.actor, c.groupRef())
	if err != nil {
		return answer{}, err
	}
	values, err := c.parse(updateGroupSchema)
	if err != nil {
		return answer{}, err
	}
	group, err := editor.Update(c.ctx(), domain.GroupChange{
		Name:        sent(values, "name", orZero(values.String("name"))),
		Path:        sent(values, "path", orZero(values.String("path"))),
		Description: sent(values, "description", orZero(values.String("description"))),
		Visibility:  given(domain.Visibility(orZero(values.String("visibility")))),

		TokenExpirationInterval: sent(values, tokenExpirationInterval, values.Int(tokenExpirationInterval)),
	})
	if err != nil {
		return answer{}, groupNotSaved(err)
	}
	return ok(s.views.group(group)), nil
}

// given is a field of a change that is present unless it is zero.
func given[T comparable](value T) domain.Field[T] {
	return domain.Field[T]{Present: value != *new(T), Value: value}
}

func (s *Server) deleteGroup(c *call) (answer, error) {
	return accepted(), s.Groups.Delete(c.ctx(), c.actor, c.groupRef())
}

// groupNotSaved words the broken rules of a group as GitLab does: as text, in
// the notation of Ruby (service.md section 4).
func groupNotSaved(err error) error {
	var refusal *domain.Error
	if !errors.As(err, &refusal) || refusal.Kind != domain.KindInvalid {
		return err
	}
	var attributes []string
	for _, v := range refusal.Violations {
		attributes = append(attributes, ":"+v.Attribute+`=>["`+v.Text+`"]`)
	}
	body, err := json.Marshal(message("Failed to save group {" + strings.Join(attributes, ", ") + "}"))
	if err != nil {
		return err
	}
	return &params.WireError{Status: http.StatusBadRequest, ContentType: mediaJSON, Body: string(body)}
}
