package domain_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

func TestNewPersonalAccessToken(t *testing.T) {
	t.Parallel()
	t.Run("a new token is not revoked, and made now", func(t *testing.T) {
		t.Parallel()
		spec := domain.PersonalAccessTokenState{
			User: 5, Name: "ci", Scopes: domain.Scopes{domain.ScopeAPI}, Digest: "d", Revoked: true, ExpiresAt: noon,
		}
		token, err := domain.NewPersonalAccessToken(spec, noon)
		require.NoError(t, err)
		spec.Revoked, spec.CreatedAt = false, noon
		assert.Empty(t, cmp.Diff(spec, token.State()))
	})
	t.Run("a date in the past is accepted and means expired", func(t *testing.T) {
		t.Parallel()
		token, err := domain.NewPersonalAccessToken(domain.PersonalAccessTokenState{Name: "ci", ExpiresAt: yesterday}, noon)
		require.NoError(t, err)
		assert.False(t, token.Active(noon))
	})
	t.Run("a blank name is refused", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"", " \t"} {
			_, err := domain.NewPersonalAccessToken(domain.PersonalAccessTokenState{Name: name}, noon)
			assertRefusal(t, domain.Invalid("name", "can't be blank"), err)
		}
	})
	t.Run("its scopes are its own", func(t *testing.T) {
		t.Parallel()
		scopes := domain.Scopes{domain.ScopeReadAPI}
		token, err := domain.NewPersonalAccessToken(domain.PersonalAccessTokenState{Name: "ci", Scopes: scopes}, noon)
		require.NoError(t, err)
		restored := domain.RestorePersonalAccessToken(domain.PersonalAccessTokenState{Scopes: scopes})
		scopes[0] = domain.ScopeAPI
		token.State().Scopes[0] = domain.ScopeSudo
		assert.Equal(t, domain.Scopes{domain.ScopeReadAPI}, token.State().Scopes)
		assert.Equal(t, domain.Scopes{domain.ScopeReadAPI}, restored.State().Scopes)
	})
}

func TestPersonalAccessTokenMustBeActive(t *testing.T) {
	t.Parallel()
	expired := &domain.Error{
		Kind:   domain.KindTokenRejected,
		Reason: "Token is expired. You can either do re-authorization or token refresh.",
	}
	revoked := &domain.Error{
		Kind:   domain.KindTokenRejected,
		Reason: "Token was revoked. You have to re-authorize from the user.",
	}
	day := time.Date(2021, time.June, 22, 0, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		token domain.PersonalAccessTokenState
		now   time.Time
		want  *domain.Error
	}{
		"without a date it never ends":                {domain.PersonalAccessTokenState{}, noon, nil},
		"it is good until the last moment before":     {domain.PersonalAccessTokenState{ExpiresAt: day}, day.Add(-1), nil},
		"it ends at the very beginning of that day":   {domain.PersonalAccessTokenState{ExpiresAt: day}, day, expired},
		"it stays expired on that day and afterwards": {domain.PersonalAccessTokenState{ExpiresAt: day}, noon, expired},
		"a revoked token":                             {domain.PersonalAccessTokenState{Revoked: true}, noon, revoked},
		"expired goes before revoked":                 {domain.PersonalAccessTokenState{Revoked: true, ExpiresAt: day}, day, expired},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token := domain.RestorePersonalAccessToken(test.token)
			assertRefusal(t, test.want, token.MustBeActive(test.now))
			assert.Equal(t, test.want == nil, token.Active(test.now))
		})
	}
}

func TestRevokeAndReplace(t *testing.T) {
	t.Parallel()
	token := domain.RestorePersonalAccessToken(domain.PersonalAccessTokenState{User: 5, Digest: "old", ExpiresAt: yesterday})
	token.Revoke()
	assert.True(t, token.State().Revoked)
	assert.False(t, token.Active(noon))

	token.Replace("new")
	assert.True(t, token.Active(noon), "neither revoked nor expired any more")
	assert.Equal(t, "new", string(token.State().Digest))
}

func TestMustBeRevocableBy(t *testing.T) {
	t.Parallel()
	token := domain.RestorePersonalAccessToken(domain.PersonalAccessTokenState{User: 5})
	assert.NoError(t, token.MustBeRevocableBy(domain.Actor{User: 5}), "the token's own user")
	assert.NoError(t, token.MustBeRevocableBy(admin.Actor), "an administrator")
	assertRefusal(t, domain.NotFound("Personal Access Token"), token.MustBeRevocableBy(domain.Actor{User: 6}))
}
