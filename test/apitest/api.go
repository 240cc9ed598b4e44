// Package apitest drives the whole program below the socket: the real router,
// the real use cases and a database of the test's own, at a time that stands
// still. A test says who asks, and sees the answer to the byte.
package apitest

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"runyard/adapters/rest"
	"runyard/adapters/system"
	"runyard/application"
	"runyard/domain"
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
	tokens  atomic.Int64
}

// Option changes the configuration of the program under test.
type Option func(*rest.Config)

// New starts the program on an empty store: root and the registration token of
// the instance are there, nothing else.
func New(t testing.TB, store fixture.Store, options ...Option) *API {
	t.Helper()
	return NewUnder(t, store, domain.RunnerPolicy{}, options...)
}

// NewUnder is New with an operator who decided something about runner tokens.
func NewUnder(t testing.TB, store fixture.Store, policy domain.RunnerPolicy, options ...Option) *API {
	t.Helper()
	a := &API{
		World: fixture.NewWorld(t, store), Clock: fixture.NewClock(), t: t,
		Vault: system.NewVault("the key of a test, which is long enough"),
	}
	outside := application.Ports{
		Runners: store.Runners, Projects: store.Projects, Groups: store.Groups, Members: store.Members,
		Users: store.Users, Tokens: store.Tokens, Jobs: store.Jobs, Access: store.Access,
		Managers: store.Managers, Lifetimes: store.Lifetimes, Policy: policy,
		Instance: store.Instance, Clock: a.Clock, Generator: a, Vault: a.Vault,
	}
	a.Root = "glpat-root-token-of-the-test"
	_, err := application.NewBootstrap(outside).Ensure(t.Context(), application.StartTokens{
		Root: domain.Secret(a.Root), Registration: RegistrationToken,
	})
	require.NoError(t, err)
	external, err := url.Parse(External)
	require.NoError(t, err)
	config := rest.Config{
		External: external, TrustedProxies: rest.DefaultTrustedProxies(), Version: "0.1.0", Revision: "abcdef",
		Ready: func(context.Context) error { return nil }, Log: zap.NewNop(),
	}
	for _, option := range options {
		option(&config)
	}
	a.handler = rest.New(application.New(outside), config)
	return a
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

// PersonalAccessToken is the next token of a user.
func (a *API) PersonalAccessToken() domain.Secret { return a.token("glpat-token-of-user-") }

// InstanceRegistrationToken is the next registration token.
func (a *API) InstanceRegistrationToken() domain.Secret { return a.token("GR1348941") }

// RegistrationSeed is the next seed.
func (a *API) RegistrationSeed() string { return a.token("seed-").Reveal() }

// SecretKey is the next key.
func (a *API) SecretKey() domain.Secret { return a.token("a key that is long enough for anything ") }

func (a *API) token(prefix string) domain.Secret {
	return domain.Secret(prefix + strconv.FormatInt(a.tokens.Add(1), 10))
}
