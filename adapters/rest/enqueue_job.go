package rest

import (
	"encoding/json"

	"runyard/adapters/rest/params"
	"runyard/domain"
)

// enqueueJobSchema declares the body of service.md section 5. What is nested is
// read by jobSpec.
var enqueueJobSchema = params.NewSchema(
	params.String("name").Required(),
	params.String("stage"),
	params.Any("script").Required(),
	params.Any("before_script"),
	params.Any("after_script"),
	params.String("ref"),
	params.Bool("tag"),
	params.Bool("protected"),
	params.Hash("commit"),
	params.Int("pipeline_id"),
	params.TagList("tag_list"),
	params.Any("variables"),
	params.Any("image"),
	params.Any("services"),
	params.Any("artifacts"),
	params.Any("needs"),
	params.Any("dependencies"),
	params.Int("timeout").Within64Bits(),
	params.Bool("allow_failure"),
	params.Enum("when", "on_success", "manual"),
)

func (s *Server) enqueueJob(c *call) (answer, error) {
	queue, err := s.Jobs.QueueOf(c.ctx(), c.actor, c.projectRef())
	if err != nil {
		return answer{}, err
	}
	values, err := c.parse(enqueueJobSchema)
	if err != nil {
		return answer{}, err
	}
	spec, err := jobSpec(values)
	if err != nil {
		return answer{}, err
	}
	pipeline := domain.PipelineID(0)
	if values.Int("pipeline_id") != nil {
		pipeline = idOf[domain.PipelineID](values, "pipeline_id")
	}
	job, err := queue.Enqueue(c.ctx(), spec, pipeline)
	if err != nil {
		return answer{}, err
	}
	return created(s.views.job(job)), nil
}

func jobSpec(values params.Values) (domain.JobSpec, error) {
	spec := domain.JobSpec{
		Name: orZero(values.String("name")), Stage: orZero(values.String("stage")),
		Ref: orZero(values.String("ref")), Tag: orZero(values.Bool("tag")),
		Protected: orZero(values.Bool("protected")), AllowFailure: orZero(values.Bool("allow_failure")),
		Manual: orZero(values.String("when")) == "manual",
		Tags:   values.List("tag_list"), Timeout: values.Int("timeout"),
	}
	var (
		script, before, after jobScript
		variables             jobVariables
		image                 *jobImage
		services              []jobImage
		artifacts             jobArtifacts
		commit                *jobCommit
	)
	for _, nested := range []struct {
		name string
		into any
	}{
		{"script", &script},
		{"before_script", &before},
		{"after_script", &after},
		{"commit", &commit},
		{"variables", &variables},
		{"image", &image},
		{"services", &services},
		{"artifacts", &artifacts},
		{"needs", &spec.Needs},
		{"dependencies", &spec.Dependencies},
	} {
		if err := readNested(values.Any(nested.name), nested.into); err != nil {
			return domain.JobSpec{}, params.Invalid(nested.name)
		}
	}
	spec.Definition = domain.JobDefinition{
		Script: script, BeforeScript: before, AfterScript: after, Variables: variables,
		Image: image.domain(), Services: mapped(services, func(i jobImage) domain.JobImage { return *i.domain() }),
		Artifacts: artifacts,
	}
	spec.Commit = commit.domain()
	return spec, nil
}

// readNested reads a value of the body once more, as the type it should have.
func readNested(value, into any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
