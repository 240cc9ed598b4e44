package contract

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/fixture"
)

// TokenRepository checks what ports.TokenRepository promises.
func TokenRepository(t *testing.T, open Open) {
	t.Helper()
	check(t, open, tokenPromises, updatePromises("Update", countInToken))
}

const tokenResource = "Personal Access Token"

var tokenPromises = map[string]promise{
	"Find and Authenticate give back every field that Add was given": func(t *testing.T, w *fixture.World) {
		user := w.AddUser()
		for _, want := range []domain.PersonalAccessTokenState{
			{
				User: user, Name: "full – of everything", Scopes: domain.Scopes{domain.ScopeReadAPI, domain.ScopeAPI},
				Digest: "full", Revoked: true, ExpiresAt: now.AddDate(0, 0, 1).Truncate(24 * time.Hour), CreatedAt: now,
			},
			{User: user, Name: "without an end", Scopes: domain.Scopes{domain.ScopeSudo}, Digest: "bare", CreatedAt: now},
		} {
			id, err := w.Tokens.Add(w.Context(), domain.RestorePersonalAccessToken(want))
			require.NoError(t, err)
			want.ID = id
			got, err := w.Tokens.Find(w.Context(), id)
			require.NoError(t, err)
			assertEqual(t, want, got.State())
			assertUTC(t, got.State().CreatedAt, got.State().ExpiresAt)

			got, of, err := w.Tokens.Authenticate(w.Context(), want.Digest)
			require.NoError(t, err)
			assertEqual(t, want, got.State())
			assertEqual(t, w.User(user).State(), of.State())
		}
	},
	"Authenticate tells users apart": func(t *testing.T, w *fixture.World) {
		for range 3 {
			user := w.AddUser(func(s *domain.UserState) { s.Status = domain.UserBlocked })
			token := w.AddToken(user)
			found, err := w.Tokens.Find(w.Context(), token)
			require.NoError(t, err)
			got, of, err := w.Tokens.Authenticate(w.Context(), found.State().Digest)
			require.NoError(t, err)
			assert.Equal(t, token, got.State().ID)
			assert.Equal(t, user, of.ID())
			assert.Equal(t, domain.UserBlocked, of.State().Status)
		}
	},
	"Authenticate takes one statement": func(t *testing.T, w *fixture.World) {
		token, err := w.Tokens.Find(w.Context(), w.AddToken(w.AddUser()))
		require.NoError(t, err)
		assert.LessOrEqual(t, w.CountStatements(func() {
			_, _, err := w.Tokens.Authenticate(w.Context(), token.State().Digest)
			require.NoError(t, err)
		}), 1)
	},
	"Find and Authenticate find nothing where there is nothing": func(t *testing.T, w *fixture.World) {
		w.AddToken(w.AddUser())
		_, err := w.Tokens.Find(w.Context(), missing)
		assertNotFound(t, tokenResource, err)
		for _, digest := range []domain.Digest{"of nothing", ""} {
			_, _, err = w.Tokens.Authenticate(w.Context(), digest)
			require.Error(t, err)
			assert.True(t, domain.IsNotFound(err), err)
		}
	},
	"Add refuses a digest that is in use": func(t *testing.T, w *fixture.World) {
		token, err := w.Tokens.Find(w.Context(), w.AddToken(w.AddUser()))
		require.NoError(t, err)
		_, err = w.Tokens.Add(w.Context(), fixture.PersonalAccessToken(w.AddUser(), func(s *domain.PersonalAccessTokenState) {
			s.Digest = token.State().Digest
		}))
		assertConflict(t, err)
	},
	"Add finds no unknown user": func(t *testing.T, w *fixture.World) {
		_, err := w.Tokens.Add(w.Context(), fixture.PersonalAccessToken(missing))
		assertNotFound(t, "User", err)
	},
	"Update stores every field, also another digest": func(t *testing.T, w *fixture.World) {
		id := w.AddToken(w.AddUser(), func(s *domain.PersonalAccessTokenState) { s.Digest = "old" })
		var want domain.PersonalAccessTokenState
		require.NoError(t, w.Tokens.Update(w.Context(), id, func(token *domain.PersonalAccessToken) error {
			want = token.State()
			want.Name, want.Scopes, want.Digest = "new", domain.Scopes{domain.ScopeReadUser}, "new"
			want.Revoked, want.ExpiresAt = true, now
			*token = *domain.RestorePersonalAccessToken(want)
			return nil
		}))
		got, _, err := w.Tokens.Authenticate(w.Context(), "new")
		require.NoError(t, err)
		assertEqual(t, want, got.State())
		_, _, err = w.Tokens.Authenticate(w.Context(), "old")
		assert.True(t, domain.IsNotFound(err), err)
	},
	"Update refuses a digest that is in use": func(t *testing.T, w *fixture.World) {
		user := w.AddUser()
		w.AddToken(user, func(s *domain.PersonalAccessTokenState) { s.Digest = "taken" })
		id := w.AddToken(user)
		assertConflict(t, w.Tokens.Update(w.Context(), id, func(token *domain.PersonalAccessToken) error {
			token.Replace("taken")
			return nil
		}))
	},
}

// countInToken counts in the length of the name.
func countInToken(w *fixture.World) counter {
	id := w.AddToken(w.AddUser())
	add := func(id domain.PersonalAccessTokenID) func(ctx context.Context, finish func() error) error {
		return func(ctx context.Context, finish func() error) error {
			return w.Tokens.Update(ctx, id, func(token *domain.PersonalAccessToken) error {
				s := token.State()
				s.Name += "x"
				*token = *domain.RestorePersonalAccessToken(s)
				return finish()
			})
		}
	}
	return counter{
		add: add(id), addToMissing: add(missing), resource: tokenResource,
		count: func() int {
			token, err := w.Tokens.Find(w.Context(), id)
			if err != nil {
				return -1
			}
			return len(token.State().Name)
		},
	}
}
