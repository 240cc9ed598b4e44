// Package apitest drives the whole program below the socket: the real router,
// the real use cases and a database of the test's own, at a time that stands
// still. A test says who asks, and sees the answer to the byte.
package apitest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"runyard/adapters/accesscache"
	"runyard/adapters/filestore"
	"runyard/adapters/rest"
	"runyard/adapters/system"
	"runyard/application"
	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

// External is where the API believes to be reached.
const External = "https://runyard.example.com"

// RegistrationToken is the registration token of the instance.
const RegistrationToken = "GR1348941instance-registration"

// API is the program under test.
type API struct {
	*fixture.World
	Clock *fixture.Clock
	Vault *system.Vault
	// Root is a token of the administrator root.
	Root string

	t       testing.TB
	handler http.Handler
	folder  string
	tokens  *atomic.Int64
}

// Config is what a test may want otherwise.
type Config struct {
	rest.Config
	Limits application.AgentLimits
	// Traces is where traces are kept. It is given the place in files, which is
	// the usual one.
	Traces func(files ports.TraceStore) ports.TraceStore
	// Policy is what the operator decided about runner tokens.
	Policy domain.RunnerPolicy

	beside *API // another node of the same server; nil: none
	cached bool
}

// Option changes the configuration of the program under test.
type Option func(*Config)

// Beside makes the program another node of the same server, or the same one
// after a restart: it has the clock, the traces and the artifacts of that one.
// Its store is to be on the same database.
func Beside(a *API) Option {
	return func(c *Config) { c.beside = a }
}

// NewUnder is New with an operator who decided something about runner tokens.
func NewUnder(t testing.TB, store fixture.Store, policy domain.RunnerPolicy, options ...Option) *API {
	t.Helper()
	return New(t, store, append([]Option{func(c *Config) { c.Policy = policy }}, options...)...)
}

// Cached puts what the real program remembers between it and its store. Without
// it a test may change the store as it likes.
func Cached(c *Config) { c.cached = true }

// New starts the program on a store: root and the registration token of the
// instance are there, nothing else. It stops when t ends.
func New(t testing.TB, store fixture.Store, options ...Option) *API {
	t.Helper()
	a := &API{
		World: fixture.NewWorld(t, store), Clock: fixture.NewClock(), t: t, tokens: new(atomic.Int64),
		Vault: system.NewVault("the key of a test, which is long enough"),
	}
	config := a.config(options)
	if other := config.beside; other != nil {
		a.Clock, a.folder, a.tokens = other.Clock, other.folder, other.tokens
	} else {
		a.folder = t.TempDir()
	}
	files, err := filestore.Open(a.folder)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, files.Close()) })
	if config.cached {
		store = cached(store, a.Clock)
	}
	signals := &heardSignals{QueueSignals: store.Signals, first: make(chan struct{})}
	outside := application.Ports{
		Runners: store.Runners, Projects: store.Projects, Groups: store.Groups, Members: store.Members,
		Users: store.Users, Tokens: store.Tokens, Jobs: store.Jobs, Access: store.Access,
		Managers: store.Managers, Lifetimes: store.Lifetimes, Policy: config.Policy,
		Instance: store.Instance, Artifacts: store.Artifacts, Discarded: store.Discarded, Signals: signals,
		TraceStore: config.Traces(files.Traces()), ArtifactStore: files.Artifacts(),
		Clock: a.Clock, Generator: a, Vault: a.Vault, Faults: a,
	}
	a.Root = "glpat-root-token-of-the-test"
	_, err = application.NewBootstrap(outside).Ensure(t.Context(), application.StartTokens{
		Root: domain.Secret(a.Root), Registration: RegistrationToken,
	})
	require.NoError(t, err)
	useCases := application.New(outside, config.Limits, config.External, rest.APIVersion(config.Version))
	a.run(useCases.Agents, signals.first)
	config.Clock = a.Clock
	a.handler = rest.New(useCases, config.Config)
	return a
}

// cached is the store behind a cache, as cmd/runyard has it.
func cached(store fixture.Store, clock *fixture.Clock) fixture.Store {
	cache := accesscache.New(clock.Now)
	store.Runners, store.Projects, store.Groups = cache.Runners(store.Runners), cache.Projects(store.Projects), cache.Groups(store.Groups)
	store.Members, store.Users = cache.Members(store.Members), cache.Users(store.Users)
	store.Tokens, store.Access = cache.Tokens(store.Tokens), cache.Access(store.Access)
	return store
}

func (a *API) config(options []Option) Config {
	external, err := url.Parse(External)
	require.NoError(a.t, err)
	config := Config{
		Config: rest.Config{
			External: external, TrustedProxies: rest.DefaultTrustedProxies(), Version: "0.1.0", Revision: "abcdef",
			Ready: func(context.Context) error { return nil }, Log: zap.NewNop(),
		},
		Limits: application.AgentLimits{Trace: 1 << 20, Artifact: 1 << 20},
		Traces: func(files ports.TraceStore) ports.TraceStore { return files },
	}
	for _, option := range options {
		option(&config)
	}
	return config
}

// run keeps the queue moving until the test ends. It returns when the program
// listens to what other nodes do.
func (a *API) run(agents *application.Agents, heard <-chan struct{}) {
	ctx, stop := context.WithCancel(a.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- agents.Run(ctx) }()
	a.t.Cleanup(func() {
		stop()
		assert.NoError(a.t, <-ended)
	})
	<-heard
}

// Listen lets the program answer on a socket as well, and tells the address.
func (a *API) Listen() string {
	a.t.Helper()
	server := httptest.NewServer(a.handler)
	a.t.Cleanup(server.Close)
	return server.URL
}

// Handler answers requests, for a test that wants to stand in between.
func (a *API) Handler() http.Handler { return a.handler }

// Note fails the test: nothing may go wrong behind the scenes.
func (a *API) Note(ctx context.Context, doing string, err error) {
	if ctx.Err() == nil {
		a.t.Errorf("%s: %v", doing, err)
	}
}

// TokenOf is a new personal access token of a user; no scopes means api.
func (a *API) TokenOf(user domain.UserID, scopes ...domain.Scope) string {
	a.t.Helper()
	if len(scopes) == 0 {
		scopes = []domain.Scope{domain.ScopeAPI}
	}
	secret := a.PersonalAccessToken()
	a.AddToken(user, func(s *domain.PersonalAccessTokenState) {
		s.Scopes = scopes
		s.Digest = a.Vault.Digest(secret)
	})
	return secret.Reveal()
}

// RunnerToken makes tokens that tell their order, so that answers can be
// compared to the byte.
func (a *API) RunnerToken() domain.Secret { return a.token("runner-token-") }

// UserRunnerToken is the next token of a runner that a user made.
func (a *API) UserRunnerToken() domain.Secret { return a.token("glrt-token-") }

// JobToken is the next token of a job.
func (a *API) JobToken() domain.Secret { return a.token("glcbt-token-of-job-") }

// PersonalAccessToken is the next token of a user.
func (a *API) PersonalAccessToken() domain.Secret { return a.token("glpat-token-of-user-") }

// InstanceRegistrationToken is the next registration token.
func (a *API) InstanceRegistrationToken() domain.Secret { return a.token("GR1348941") }

// RegistrationSeed is the next seed.
func (a *API) RegistrationSeed() string { return a.token("seed-").Reveal() }

// SecretKey is the next key.
func (a *API) SecretKey() domain.Secret { return a.token("a key that is long enough for anything ") }

// Nonce is the next one.
func (a *API) Nonce() string { return fmt.Sprintf("%032x", a.tokens.Add(1)) }

func (a *API) token(prefix string) domain.Secret {
	return domain.Secret(prefix + strconv.FormatInt(a.tokens.Add(1), 10))
}
