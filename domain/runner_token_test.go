package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

func TestTokenExpiryIsTheShorterLifetime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		operator, local time.Duration
		want            time.Time
	}{
		"nobody says anything: never":    {0, 0, time.Time{}},
		"only the operator says":         {time.Hour, 0, noon.Add(time.Hour)},
		"only a group or project says":   {0, time.Hour, noon.Add(time.Hour)},
		"the operator says the shorter":  {time.Hour, 2 * time.Hour, noon.Add(time.Hour)},
		"the group says the shorter one": {2 * time.Hour, time.Hour, noon.Add(time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, domain.RunnerPolicy{TokenLifetime: test.operator}.TokenExpiry(noon, test.local))
		})
	}
}

func TestRegistrationCanBeClosed(t *testing.T) {
	t.Parallel()
	open := domain.RunnerPolicy{}
	require.NoError(t, open.MustAllowRegistration())
	require.NoError(t, open.MustAllowRegistrationTokens())
	closed := domain.RunnerPolicy{RegistrationClosed: true}
	require.ErrorIs(t, closed.MustAllowRegistration(), &domain.Error{Kind: domain.KindGone, Reason: "runner registration disallowed"})
	require.ErrorIs(t, closed.MustAllowRegistrationTokens(), domain.Forbidden(""))
}

func TestRunnerAcceptsItsTokenUntilItExpires(t *testing.T) {
	t.Parallel()
	expiring := func(at time.Time) *domain.Runner {
		return aRunner(func(s *domain.RunnerState) { s.TokenExpiresAt = at })
	}
	require.NoError(t, aRunner().MustAccept("0123abcd", noon))
	require.NoError(t, expiring(noon.Add(1)).MustAccept("0123abcd", noon))
	for _, err := range []error{
		aRunner().MustAccept("another", noon),
		aRunner().MustAccept("", noon),
		expiring(noon).MustAccept("0123abcd", noon),
		expiring(yesterday).MustAccept("0123abcd", noon),
	} {
		assert.ErrorIs(t, err, domain.Forbidden(""), "and says no more than that")
	}
}

func TestResetTokenKillsTheOldOne(t *testing.T) {
	t.Parallel()
	r := aRunner(func(s *domain.RunnerState) { s.TokenExpiresAt = yesterday })
	r.ResetToken("4567efab", noon.Add(time.Hour), noon)
	require.NoError(t, r.MustAccept("4567efab", noon))
	require.Error(t, r.MustAccept("0123abcd", noon))
	assert.Equal(t, noon, r.State().UpdatedAt)
	r.ResetToken("cdef0123", time.Time{}, noon)
	assert.True(t, r.State().TokenExpiresAt.IsZero(), "never again")
}

func TestRunnerMadeByAUserHasNoAddress(t *testing.T) {
	t.Parallel()
	r, err := domain.NewRunner(domain.RunnerRegistration{
		Token: "0123abcd", TokenExpiresAt: noon.Add(time.Hour), MadeByUser: true, IPAddress: "192.0.2.1",
	}, domain.RunnerScope{Type: domain.InstanceRunner}, noon)
	require.NoError(t, err)
	s := r.State()
	assert.True(t, s.MadeByUser)
	assert.Equal(t, noon.Add(time.Hour), s.TokenExpiresAt)
	assert.Nil(t, s.IPAddress)
}

func TestTokenExpirationInterval(t *testing.T) {
	t.Parallel()
	wrong := broken("runner_token_expiration_interval", "needs to be between 1 second and 100 years")
	for seconds, want := range map[int64]error{
		-1: wrong, 0: wrong, 1: nil, 3_153_600_000: nil, 3_153_600_001: wrong,
	} {
		group, project := aGroup(t, domain.Private), aProject(t)
		_, newGroup := domain.NewGroup(domain.GroupState{Name: "Acme", Path: "acme", TokenExpirationInterval: &seconds}, nil, noon)
		_, newProject := domain.NewProject(domain.ProjectSpec{Path: "p", TokenExpirationInterval: &seconds}, domain.Namespace{}, noon)
		for _, err := range []error{
			newGroup, newProject,
			group.Update(domain.GroupChange{TokenExpirationInterval: domain.Set(&seconds)}, nil),
			project.Update(domain.ProjectChange{TokenExpirationInterval: domain.Set(&seconds)}),
		} {
			if want == nil {
				assert.NoError(t, err)
			} else {
				assert.Equal(t, want, err, seconds)
			}
		}
		if want == nil {
			assert.Equal(t, &seconds, group.State().TokenExpirationInterval)
			assert.Equal(t, &seconds, project.State().TokenExpirationInterval)
			require.NoError(t, group.Update(domain.GroupChange{TokenExpirationInterval: domain.Set[*int64](nil)}, nil))
			require.NoError(t, project.Update(domain.ProjectChange{TokenExpirationInterval: domain.Set[*int64](nil)}))
		}
		assert.Nil(t, group.State().TokenExpirationInterval)
		assert.Nil(t, project.State().TokenExpirationInterval)
	}
}

func TestResetRegistrationToken(t *testing.T) {
	t.Parallel()
	group, project := aGroup(t, domain.Private), aProject(t)
	token := domain.RegistrationToken{Seed: "new", Digest: "digest"}
	group.ResetRegistrationToken(token)
	project.ResetRegistrationToken(token)
	assert.Equal(t, token, group.State().Token)
	assert.Equal(t, token, project.State().Token)
}
