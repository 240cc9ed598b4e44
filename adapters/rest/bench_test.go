package rest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"runyard/adapters/rest"
	"runyard/adapters/system"
	"runyard/application"
	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

// The benchmarks measure what a request costs beside its statements: storage
// answers at once.

type instantRunners struct {
	ports.RunnerRepository
	runner *domain.Runner
	page   []domain.RunnerSummary
}

func (r instantRunners) Find(context.Context, domain.RunnerID) (*domain.Runner, error) {
	return r.runner, nil
}

func (r instantRunners) FindByToken(context.Context, domain.Digest) (*domain.Runner, error) {
	return r.runner, nil
}

func (r instantRunners) List(context.Context, ports.RunnerSource, domain.RunnerFilter, ports.Page) ([]domain.RunnerSummary, int, error) {
	return r.page, ports.CountLimit, nil
}

func (instantRunners) RecordContact(context.Context, domain.RunnerID, domain.RunnerContact) error {
	return nil
}

type instantTokens struct {
	ports.TokenRepository
	token *domain.PersonalAccessToken
	user  *domain.User
}

func (t instantTokens) Authenticate(context.Context, domain.Digest) (*domain.PersonalAccessToken, *domain.User, error) {
	return t.token, t.user, nil
}

type noJobs struct{ ports.JobRepository }

func (noJobs) Claim(context.Context, *domain.Runner, func(*domain.Job) error) (ports.JobDetails, bool, error) {
	return ports.JobDetails{}, false, nil
}

const (
	agentToken = "glrt-0123456789abcdefghij"
	userToken  = "glpat-0123456789abcdefghij"
)

func benchmarkedHandler(b *testing.B) http.Handler {
	b.Helper()
	external, err := url.Parse("https://runyard.example.com")
	require.NoError(b, err)
	vault := system.NewVault("the key of a benchmark, which is long enough")
	runner := fixture.Runner(func(s *domain.RunnerState) {
		s.ID, s.Token = 1, vault.Digest(agentToken)
		s.Tags = domain.Tags{"linux", "docker"}
		s.Version, s.Revision = fixture.To("19.4.0"), fixture.To("d79f3e7b")
		s.Platform, s.Architecture = fixture.To("linux"), fixture.To("amd64")
		s.ContactedAt = fixture.Moment
	})
	page := make([]domain.RunnerSummary, 20)
	for i := range page {
		page[i] = runner.Summary()
	}
	root := fixture.User(func(s *domain.UserState) { s.ID, s.Admin = 1, true })
	useCases := application.New(application.Ports{
		Runners: instantRunners{runner: runner, page: page},
		Tokens:  instantTokens{token: fixture.PersonalAccessToken(1), user: root},
		Jobs:    noJobs{},
		Clock:   system.Clock{}, Generator: system.Tokens{}, Vault: vault,
	}, application.AgentLimits{}, external, "")
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	return rest.New(useCases, rest.Config{
		External: external, TrustedProxies: rest.DefaultTrustedProxies(),
		Log: zap.New(zapcore.NewCore(encoder, zapcore.AddSync(io.Discard), zapcore.InfoLevel)),
	})
}

// discard is an answer that nobody reads.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }

func benchmark(b *testing.B, handler http.Handler, status int, newRequest func() *http.Request) {
	b.Helper()
	b.ReportAllocs()
	answer := &discard{header: http.Header{}}
	for b.Loop() {
		clear(answer.header)
		handler.ServeHTTP(answer, newRequest())
		if answer.status != status {
			b.Fatalf("answered with %d", answer.status)
		}
	}
}

func requestTo(b *testing.B, method, path, body string, header http.Header) func() *http.Request {
	b.Helper()
	address, err := url.ParseRequestURI("/api/v4" + path)
	require.NoError(b, err)
	return func() *http.Request {
		target := *address
		return &http.Request{
			Method: method, URL: &target, Header: header, RemoteAddr: "127.0.0.1:40000",
			Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
		}
	}
}

func BenchmarkReads(b *testing.B) {
	handler := benchmarkedHandler(b)
	for _, path := range []string{"/runners/all", "/runners/1"} {
		b.Run(path, func(b *testing.B) {
			header := http.Header{"Private-Token": {userToken}}
			benchmark(b, handler, http.StatusOK, requestTo(b, http.MethodGet, path, "", header))
		})
	}
}

// agentSays is the body that an agent of today asks for work with.
const agentSays = `{"info":{"name":"gitlab-runner","version":"19.4.0","revision":"d79f3e7b","platform":"linux",` +
	`"architecture":"amd64","executor":"shell","shell":"bash","features":{"variables":true,"image":true,"services":true,` +
	`"artifacts":true,"cache":true,"fallback_cache_keys":true,"shared":true,"upload_multiple_artifacts":true,` +
	`"upload_raw_artifacts":true,"session":true,"terminal":true,"refspecs":true,"masking":true,"proxy":false,` +
	`"raw_variables":true,"artifacts_exclude":true,"multi_build_steps":true,"trace_reset":true,"trace_checksum":true,` +
	`"trace_size":true,"vault_secrets":true,"cancelable":true,"return_exit_code":true,"service_variables":true,` +
	`"service_multiple_aliases":true,"image_executor_opts":true,"service_executor_opts":true,"cancel_gracefully":true,` +
	`"native_steps_integration":false,"two_phase_job_commit":true},"config":{"gpus":""},"labels":{}},` +
	`"token":"` + agentToken + `","system_id":"s_0123456789ab","last_update":"%s"}`

func BenchmarkIdlePoll(b *testing.B) {
	handler := benchmarkedHandler(b)
	header := http.Header{"Content-Type": {"application/json"}, "Runner-Token": {agentToken}}
	first := &discard{header: http.Header{}}
	handler.ServeHTTP(first, requestTo(b, http.MethodPost, "/jobs/request", fmt.Sprintf(agentSays, ""), header)())
	body := fmt.Sprintf(agentSays, first.header.Get("X-Gitlab-Last-Update"))
	benchmark(b, handler, http.StatusNoContent, requestTo(b, http.MethodPost, "/jobs/request", body, header))
}
