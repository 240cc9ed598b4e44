package rest

import (
	"strings"

	"runyard/adapters/rest/params"
	"runyard/application"
	"runyard/domain"
)

var (
	registerRunnerSchema = params.NewSchema(
		params.String("token").Required(),
		params.String("description"),
		params.Hash("info"),
		params.Bool("active"),
		params.Bool("locked"),
		params.Enum("access_level", string(domain.NotProtected), string(domain.RefProtected)),
		params.Bool("run_untagged"),
		params.TagList("tag_list"),
		params.Int("maximum_timeout").Within64Bits(),
		params.Bool("paused"),
		params.String("maintenance_note"),
		params.String("maintainer_note"),
		params.MutuallyExclusive("active", "paused"),
		params.MutuallyExclusive("maintenance_note", "maintainer_note"),
	)
	runnerTokenSchema = params.NewSchema(
		params.String("token").Required(), params.Hash("info"), params.String("system_id"),
	)
)

// registeredView is all that a registration tells (runners-api.md 4.0): old
// clients get no key that they do not know, unless the token expires.
type registeredView struct {
	ID             domain.RunnerID `json:"id"`
	Token          string          `json:"token"`
	TokenExpiresAt timestamp       `json:"token_expires_at,omitzero"`
}

func (s *Server) registerRunner(c *call) (answer, error) {
	values, err := c.parse(registerRunnerSchema)
	if err != nil {
		return answer{}, err
	}
	registered, err := s.Runners.Register(c.ctx(), application.RegisterRunner{
		RegistrationToken: domain.Secret(orZero(values.String("token"))),
		Registration:      c.registration(values),
	})
	if err != nil {
		return answer{}, err
	}
	return created(registeredView{
		ID: registered.ID, Token: registered.Token.Reveal(), TokenExpiresAt: timestamp(registered.TokenExpiresAt),
	}), nil
}

// registration is what the agent asks for; blank texts ask for nothing
// (runners-api.md 3.4).
func (c *call) registration(values params.Values) domain.RunnerRegistration {
	r := attributes(values)
	r.Name, r.Metadata, r.IPAddress = unlessBlank(values.Text("info", "name")), c.server.agents.infoOf(values).metadata, c.seen.clientAddress()
	if r.MaintenanceNote == nil {
		r.MaintenanceNote = unlessBlank(values.String("maintainer_note"))
	}
	return r
}

// attributes are what agents and users may both choose of a new runner.
func attributes(values params.Values) domain.RunnerRegistration {
	r := domain.RunnerRegistration{
		Description:     unlessBlank(values.String("description")),
		Active:          values.Bool("active"),
		Locked:          values.Bool("locked"),
		RunUntagged:     values.Bool("run_untagged"),
		MaximumTimeout:  values.Int("maximum_timeout"),
		MaintenanceNote: unlessBlank(values.String("maintenance_note")),
		Tags:            values.List("tag_list"),
	}
	if paused := values.Bool("paused"); paused != nil {
		active := !*paused
		r.Active = &active
	}
	if level := values.String("access_level"); level != nil {
		accessLevel := domain.RunnerAccessLevel(*level)
		r.AccessLevel = &accessLevel
	}
	return r
}

func unlessBlank(text *string) *string {
	if text == nil || strings.TrimSpace(*text) == "" {
		return nil
	}
	return text
}

// runnerCall is a call that an agent makes for itself.
func (c *call) runnerCall(values params.Values) application.RunnerCall {
	return application.RunnerCall{
		Token:     domain.Secret(orZero(values.String("token"))),
		IPAddress: c.seen.clientAddress(),
		Metadata:  c.server.agents.infoOf(values).metadata,
		SystemID:  domain.SystemID(orZero(values.String("system_id"))),
	}
}

// verifiedView is the object that newer agents expect (runners-api.md 5.6).
type verifiedView struct {
	ID             domain.RunnerID `json:"id"`
	Token          string          `json:"token"`
	TokenExpiresAt timestamp       `json:"token_expires_at"`
}

func (s *Server) verifyRunner(c *call) (answer, error) {
	values, err := c.parse(runnerTokenSchema)
	if err != nil {
		return answer{}, err
	}
	call := c.runnerCall(values)
	verified, err := s.Agents.Verify(c.ctx(), call)
	if err != nil {
		return answer{}, err
	}
	return ok(verifiedView{
		ID: verified.ID, Token: call.Token.Reveal(), TokenExpiresAt: timestamp(verified.TokenExpiresAt),
	}), nil
}

func (s *Server) unregisterRunner(c *call) (answer, error) {
	values, err := c.parse(runnerTokenSchema)
	if err != nil {
		return answer{}, err
	}
	return noContent(), s.Runners.Unregister(c.ctx(), c.runnerCall(values), c.unmodifiedSince())
}
