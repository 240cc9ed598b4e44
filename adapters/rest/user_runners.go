package rest

import (
	"errors"
	"strings"

	"runyard/adapters/rest/params"
	"runyard/application"
	"runyard/domain"
)

var createRunnerSchema = params.NewSchema(
	params.Enum("runner_type", types...).Required(),
	params.When("runner_type", string(domain.GroupRunner), params.Int("group_id").Required()),
	params.When("runner_type", string(domain.ProjectRunner), params.Int("project_id").Required()),
	params.String("description"),
	params.String("maintenance_note"),
	params.Bool("paused"),
	params.Bool("locked"),
	params.Enum("access_level", string(domain.NotProtected), string(domain.RefProtected)),
	params.Bool("run_untagged"),
	params.TagList("tag_list"),
	params.Int("maximum_timeout").Within64Bits(),
)

func (s *Server) createRunner(c *call) (answer, error) {
	values, err := c.parse(createRunnerSchema)
	if err != nil {
		return answer{}, err
	}
	made, err := s.Runners.Create(c.ctx(), application.CreateRunner{
		Actor: c.actor, Scope: runnerScope(values), Registration: attributes(values),
	})
	if err != nil {
		return answer{}, runnerNotSaved(err)
	}
	return created(verifiedView{
		ID: made.ID, Token: made.Token.Reveal(), TokenExpiresAt: timestamp(made.TokenExpiresAt),
	}), nil
}

// runnerScope is where the new runner is to belong.
func runnerScope(values params.Values) domain.RunnerScope {
	scope := domain.RunnerScope{Type: domain.RunnerType(orZero(values.String("runner_type")))}
	switch scope.Type {
	case domain.GroupRunner:
		scope.Group = idOf[domain.GroupID](values, "group_id")
	case domain.ProjectRunner:
		scope.Project = idOf[domain.ProjectID](values, "project_id")
	case domain.InstanceRunner:
	}
	return scope
}

// runnerNotSaved words the broken rules of a new runner as GitLab does here: as
// sentences (runners-api.md 5.8).
func runnerNotSaved(err error) error {
	var refusal *domain.Error
	if !errors.As(err, &refusal) || refusal.Kind != domain.KindInvalid {
		return err
	}
	sentences := make([]string, len(refusal.Violations))
	for i, v := range refusal.Violations {
		attribute := strings.ReplaceAll(v.Attribute, "_", " ")
		sentences[i] = strings.ToUpper(attribute[:1]) + attribute[1:] + " " + v.Text
	}
	return domain.BadRequest("400 Bad request - " + enumeration(sentences))
}

// enumeration is "a", "a and b", or "a, b, and c".
func enumeration(items []string) string {
	last := len(items) - 1
	switch last {
	case 0:
		return items[0]
	case 1:
		return items[0] + " and " + items[1]
	}
	return strings.Join(items[:last], ", ") + ", and " + items[last]
}
