package system_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/adapters/system"
)

func TestTokensLookLikeGitLabs(t *testing.T) {
	t.Parallel()
	var tokens system.Tokens
	for name, test := range map[string]struct {
		token   string
		pattern string
	}{
		"a runner token is 20 letters and digits":        {tokens.RunnerToken().Reveal(), `^[0-9A-Za-z]{20}$`},
		"a job token starts with glcbt-":                 {tokens.JobToken().Reveal(), `^glcbt-[0-9A-Za-z]{20}$`},
		"a nonce is 16 bytes in hexadecimal":             {tokens.Nonce(), `^[0-9a-f]{32}$`},
		"a personal access token starts with glpat-":     {tokens.PersonalAccessToken().Reveal(), `^glpat-[0-9A-Za-z]{20}$`},
		"an instance's token starts with GR1348941":      {tokens.InstanceRegistrationToken().Reveal(), `^GR1348941[0-9A-Za-z]{20}$`},
		"a seed is 20 letters and digits":                {tokens.RegistrationSeed(), `^[0-9A-Za-z]{20}$`},
		"a secret key is 32 bytes in hexadecimal":        {tokens.SecretKey().Reveal(), `^[0-9a-f]{64}$`},
		"a derived token looks like one of the instance": {system.NewVault("key").RegistrationToken("seed").Reveal(), `^GR1348941[0-9A-Za-z]{20}$`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Regexp(t, test.pattern, test.token)
		})
	}
}

// The values were computed once and are fixed: other ones would make every
// token of an existing database unknown.
func TestVaultKeepsToWhatDatabasesHold(t *testing.T) {
	t.Parallel()
	vault := system.NewVault("0123456789abcdef0123456789abcdef")

	assert.Equal(t, "8e2c7799aae10ff5e2782616b70d914a13cc2a534cc70397bbfeb7f3fac07fe1", string(vault.Digest("glpat-example")))
	assert.Equal(t, "GR13489417BEm1qvco2cfbZpsEkZ0", vault.RegistrationToken("seed").Reveal())
}

func TestVaultDependsOnTheKey(t *testing.T) {
	t.Parallel()
	one, other := system.NewVault("one key"), system.NewVault("another key")

	assert.NotEqual(t, string(one.Digest("token")), string(other.Digest("token")))
	assert.NotEqual(t, one.RegistrationToken("seed").Reveal(), other.RegistrationToken("seed").Reveal())
}

func TestTokensUseEveryCharacter(t *testing.T) {
	t.Parallel()
	var tokens system.Tokens
	counts := map[rune]int{}
	for range 2000 {
		for _, c := range tokens.RunnerToken().Reveal() {
			counts[c]++
		}
	}
	assert.Len(t, counts, 62)
	for c, n := range counts { // 645 expected; 10 standard deviations are 252
		assert.InDeltaf(t, 645, n, 252, "%q", c)
	}
}
