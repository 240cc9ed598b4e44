package application_test

import (
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"

	"runyard/application"
	"runyard/domain"
)

func TestRevokeToken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		actor domain.Actor
		want  error
	}{
		"its user revokes it":                                  {sam, nil},
		"an administrator revokes it":                          {admin, nil},
		"nobody else even learns that there is one":            {domain.Actor{User: 6}, domain.NotFound("Personal Access Token")},
		"acting as another with that very token does not help": {domain.Actor{User: 6, Token: 15}, domain.NotFound("Personal Access Token")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			token := aToken()
			h.tokens.EXPECT().Update(gomock.Any(), domain.PersonalAccessTokenID(15), gomock.Any()).DoAndReturn(changingToken(token))
			check(t, test.want, application.NewUsers(h.Ports).RevokeToken(t.Context(), test.actor, 15))
			assert.Equal(t, test.want == nil, token.State().Revoked)
		})
	}
}

func TestRevokeTokenPassesOnWhatFails(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.tokens.EXPECT().Update(gomock.Any(), gomock.Any(), gomock.Any()).Return(errDown)
	assert.ErrorIs(t, application.NewUsers(h.Ports).RevokeToken(t.Context(), sam, 15), errDown)
}
