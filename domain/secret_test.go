package domain_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

const (
	bareToken  = "glpat-very-secret-token"
	bareDigest = "5ec4e7d19e57"
)

func TestSecretsAndDigestsNeverPrint(t *testing.T) {
	t.Parallel()
	secret, digest := domain.Secret(bareToken), domain.Digest(bareDigest)
	registration := domain.RegistrationToken{Seed: "seed", Digest: digest}
	runner := aRunner(func(s *domain.RunnerState) { s.Token = digest })
	group := domain.RestoreGroup(domain.GroupState{ID: 3, Token: registration})
	project := domain.RestoreProject(domain.ProjectState{ID: 4, Token: registration})
	token := domain.RestorePersonalAccessToken(domain.PersonalAccessTokenState{ID: 6, Digest: digest})
	for name, value := range map[string]any{
		"a secret":                         secret,
		"a pointer to a secret":            &secret,
		"a digest":                         digest,
		"a pointer to a digest":            &digest,
		"secrets in a list":                []domain.Secret{secret},
		"digests in a map":                 map[string]domain.Digest{"token": digest},
		"a struct with a secret":           struct{ Token domain.Secret }{secret},
		"a struct with a digest":           struct{ Token domain.Digest }{digest},
		"the instance":                     domain.Instance{RegistrationToken: digest, SecretKey: secret, SecretKeyCheck: digest},
		"a runner's registration":          domain.RunnerRegistration{Token: digest},
		"a runner's state":                 runner.State(),
		"a runner":                         runner,
		"a struct with a runner":           domain.Assignment{Runner: runner},
		"a group's state":                  group.State(),
		"a group":                          group,
		"a struct with a group":            domain.GroupAccess{Group: group},
		"a project's state":                project.State(),
		"a project":                        project,
		"a struct with a project":          domain.ProjectAccess{Project: project},
		"a personal access token's state":  token.State(),
		"a personal access token":          token,
		"a list of personal access tokens": []*domain.PersonalAccessToken{token},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%T"} {
				assertHidden(t, fmt.Sprintf(verb, value), verb)
			}
			text, err := json.Marshal(value)
			require.NoError(t, err)
			assertHidden(t, string(text), "json")
		})
	}
}

func assertHidden(t *testing.T, printed, how string) {
	t.Helper()
	for _, bare := range []string{
		bareToken, fmt.Sprintf("%x", bareToken), fmt.Sprintf("%X", bareToken),
		bareDigest, fmt.Sprintf("%x", bareDigest), fmt.Sprintf("%X", bareDigest),
	} {
		assert.NotContains(t, printed, bare, how)
	}
}

func TestWhatIsShownInstead(t *testing.T) {
	t.Parallel()
	secret, digest := domain.Secret(bareToken), domain.Digest(bareDigest)
	assert.Equal(t, "[secret]", fmt.Sprint(secret))
	assert.Equal(t, "[secret]", secret.String())
	assert.Equal(t, "[digest]", fmt.Sprint(digest))
	assert.Equal(t, "[digest]", digest.String())
	assert.Equal(t, "runner 7", fmt.Sprint(aRunner()))
	assert.Equal(t, "group 3", fmt.Sprint(aGroup(t, domain.Private)))
	assert.Equal(t, "project 4", fmt.Sprint(domain.RestoreProject(domain.ProjectState{ID: 4})))
	token := domain.RestorePersonalAccessToken(domain.PersonalAccessTokenState{ID: 6})
	assert.Equal(t, "personal access token 6", fmt.Sprint(token))
	var none *domain.Runner
	assert.Equal(t, "<nil>", fmt.Sprint(none), "a runner that is not there does not panic")
}

func TestReveal(t *testing.T) {
	t.Parallel()
	assert.Equal(t, bareToken, domain.Secret(bareToken).Reveal())
}

func TestDigestsAreEqualIfTheyAreTheSameAndThere(t *testing.T) {
	t.Parallel()
	assert.True(t, domain.Digest("abc").Equals("abc"))
	assert.False(t, domain.Digest("abc").Equals("abd"))
	assert.False(t, domain.Digest("abc").Equals("ab"))
	assert.False(t, domain.Digest("abc").Equals(""))
	assert.False(t, domain.Digest("").Equals("abc"))
	assert.False(t, domain.Digest("").Equals(""), "no token is nobody's token")
}
