package rest

import (
	"runyard/adapters/rest/params"
	"runyard/application"
	"runyard/domain"
)

var requestJobSchema = params.NewSchema(
	params.String("token").Required(),
	params.String("system_id"),
	params.String("last_update"),
	params.Hash("info"),
	params.Hash("session"),
)

// requestJob gives an agent work. 403 is for dead tokens alone: it silences an
// agent for an hour (runner protocol, 4.7).
//
// Ten thousand requests may wait here: what they keep on the heap and on the
// stack is kept small. So the steps stand apart, and are not inlined.
func (s *Server) requestJob(c *call) (answer, error) {
	cmd, err := c.workRequest()
	if err != nil {
		return answer{}, err
	}
	offer, err := s.Agents.Request(c.ctx(), cmd)
	if err != nil {
		return answer{}, err
	}
	return c.offered(offer), nil
}

// workRequest is what the agent asks for.
//
//go:noinline
func (c *call) workRequest() (*application.RequestJob, error) {
	token := c.agentToken(runnerTokenHeader)
	if token != "" {
		c.raw["token"] = token.Reveal()
	}
	values, err := c.parse(requestJobSchema)
	if err != nil {
		return nil, err
	}
	c.raw = nil
	return &application.RequestJob{
		RunnerCall: c.runnerCall(values),
		LastUpdate: orZero(values.String("last_update")),
		Graceful:   c.server.agents.infoOf(values).cancelsGracefully,
		Aside:      func(wait func()) bool { return c.server.admission.hold(c.place, wait) },
	}, nil
}

// offered answers with the offer.
//
//go:noinline
func (c *call) offered(offer application.JobOffer) answer {
	if offer.Job != nil {
		return created(offeredJob(*offer.Job))
	}
	if offer.LastUpdate != "" {
		c.gin.Header(lastUpdateHeader, offer.LastUpdate)
	}
	return noContent()
}

// offeredJobView is the payload of a job (runner protocol, section 5). What is
// empty is left out: an agent cannot read a "run" that is null or empty, and
// loses the job.
type offeredJobView struct {
	ID            domain.JobID            `json:"id"`
	Token         string                  `json:"token"`
	AllowGitFetch bool                    `json:"allow_git_fetch"`
	JobInfo       offeredJobInfo          `json:"job_info"`
	GitInfo       *offeredGitInfo         `json:"git_info,omitempty"`
	RunnerInfo    offeredRunnerInfo       `json:"runner_info"`
	Variables     []offeredVariable       `json:"variables"`
	Steps         []offeredStep           `json:"steps"`
	Image         *offeredImage           `json:"image,omitempty"`
	Services      []offeredImage          `json:"services,omitempty"`
	Artifacts     []offeredArtifacts      `json:"artifacts,omitempty"`
	Dependencies  []offeredDependencyView `json:"dependencies,omitempty"`
	Features      offeredFeatures         `json:"features"`
}

func offeredJob(o application.OfferedJob) offeredJobView {
	s, token := o.Job.State(), o.Token.Reveal()
	view := offeredJobView{
		ID: s.ID, Token: token, AllowGitFetch: true,
		JobInfo: offeredInfo(o), GitInfo: offeredGit(o),
		RunnerInfo: offeredRunnerInfo{Timeout: s.RunTimeout},
		Variables:  mapped(o.Variables, offeredVariableOf),
		Steps:      offeredSteps(s),
		Services:   mapped(s.Definition.Services, offeredImageOf),
		Artifacts:  mapped(s.Definition.Artifacts, offeredArtifactsOf),
		Dependencies: mapped(o.Dependencies, func(d application.OfferedDependency) offeredDependencyView {
			return offeredDependencyView{d.Job, d.Name, token, artifactsFile(d.Archive)}
		}),
		Features: offeredFeatures{
			TraceSections:     true,
			FailureReasons:    domain.AgentFailureReasons(),
			TokenMaskPrefixes: []string{"glpat-", "glrt-", "glrtr-", "glcbt-", "GR1348941"},
		},
	}
	if image := s.Definition.Image; image != nil {
		offered := offeredImageOf(*image)
		view.Image = &offered
	}
	return view
}

// offeredFeatures is what the server can make use of.
type offeredFeatures struct {
	TraceSections     bool                   `json:"trace_sections"`
	TokenMaskPrefixes []string               `json:"token_mask_prefixes"`
	FailureReasons    []domain.FailureReason `json:"failure_reasons"`
}

// offeredRunnerInfo tells the timeout that the agent enforces, in seconds.
type offeredRunnerInfo struct {
	Timeout int64 `json:"timeout"`
}
