package application_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
)

func TestSignInTakesFurtherScopesThatNoRefusalNames(t *testing.T) {
	t.Parallel()
	for scope, allowed := range map[domain.Scope]bool{
		domain.ScopeManageRunner: true, domain.ScopeReadAPI: true, domain.ScopeCreateRunner: false,
	} {
		t.Run(string(scope), func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.shows(aToken(withScopes(scope)), aUser())
			_, err := application.NewAuthentication(h.Ports).SignIn(t.Context(), application.SignIn{
				Token: "glpat-sam", Scopes: reading, Also: []domain.Scope{domain.ScopeManageRunner},
			})
			if allowed {
				require.NoError(t, err)
				return
			}
			var refusal *domain.Error
			require.ErrorAs(t, err, &refusal)
			assert.Equal(t, []string{"api", "read_api"}, refusal.Scopes)
		})
	}
}
