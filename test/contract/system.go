package contract

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
	"runyard/ports"
)

// Clock checks what ports.Clock promises.
func Clock(t *testing.T, clock ports.Clock) {
	t.Helper()
	t.Run("Now is in UTC, with microseconds and no more", func(t *testing.T) {
		t.Parallel()
		got := clock.Now()
		assert.Equal(t, time.UTC, got.Location())
		assert.Equal(t, got.Truncate(time.Microsecond), got)
	})
	t.Run("Now does not go backwards", func(t *testing.T) {
		t.Parallel()
		first := clock.Now()
		assert.False(t, clock.Now().Before(first))
	})
}

// TokenGenerator checks what ports.TokenGenerator promises.
func TokenGenerator(t *testing.T, tokens ports.TokenGenerator) {
	t.Helper()
	for name, generate := range map[string]func() string{
		"RunnerToken":               func() string { return tokens.RunnerToken().Reveal() },
		"UserRunnerToken":           func() string { return tokens.UserRunnerToken().Reveal() },
		"JobToken":                  func() string { return tokens.JobToken().Reveal() },
		"Nonce":                     tokens.Nonce,
		"PersonalAccessToken":       func() string { return tokens.PersonalAccessToken().Reveal() },
		"InstanceRegistrationToken": func() string { return tokens.InstanceRegistrationToken().Reveal() },
		"RegistrationSeed":          tokens.RegistrationSeed,
		"SecretKey":                 func() string { return tokens.SecretKey().Reveal() },
	} {
		t.Run(name+" is never the same twice", func(t *testing.T) {
			t.Parallel()
			seen := map[string]bool{}
			for range 1000 {
				seen[generate()] = true
			}
			assert.Len(t, seen, 1000)
		})
		t.Run(name+" needs no escaping", func(t *testing.T) {
			t.Parallel()
			for range 100 {
				assert.Regexp(t, `^[0-9A-Za-z_-]{17,}$`, generate()) // 17 of 64 are 102 bits
			}
		})
	}
	t.Run("UserRunnerToken starts with glrt-, and RunnerToken does not", func(t *testing.T) {
		t.Parallel()
		for range 100 {
			assert.Regexp(t, `^glrt-.{17,}$`, tokens.UserRunnerToken().Reveal())
			assert.NotRegexp(t, `^glrt-`, tokens.RunnerToken().Reveal())
		}
	})
	t.Run("JobToken starts with glcbt-", func(t *testing.T) {
		t.Parallel()
		assert.Regexp(t, `^glcbt-.{17,}$`, tokens.JobToken().Reveal())
	})
	t.Run("Nonce is 32 hexadecimal digits", func(t *testing.T) {
		t.Parallel()
		assert.Regexp(t, `^[0-9a-f]{32}$`, tokens.Nonce())
	})
	t.Run("PersonalAccessToken starts with glpat-", func(t *testing.T) {
		t.Parallel()
		assert.Regexp(t, `^glpat-.{17,}$`, tokens.PersonalAccessToken().Reveal())
	})
}

// TokenVault checks what ports.TokenVault promises; open makes one with a key.
func TokenVault(t *testing.T, open func(key domain.Secret) ports.TokenVault) {
	t.Helper()
	const token, seed = "a token", "a seed"
	t.Run("Digest is the same for the same token and key", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, string(open("key").Digest(token)), string(open("key").Digest(token)))
	})
	t.Run("Digest differs by token and by key", func(t *testing.T) {
		t.Parallel()
		digest := string(open("key").Digest(token))
		assert.NotEqual(t, digest, string(open("key").Digest("another token")))
		assert.NotEqual(t, digest, string(open("another key").Digest(token)))
	})
	t.Run("Digest is hexadecimal and does not hold the token", func(t *testing.T) {
		t.Parallel()
		assert.Regexp(t, `^[0-9a-f]{64,}$`, string(open("key").Digest(token)))
	})
	t.Run("RegistrationToken is the same for the same seed and key", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, open("key").RegistrationToken(seed).Reveal(), open("key").RegistrationToken(seed).Reveal())
	})
	t.Run("RegistrationToken differs by seed and by key", func(t *testing.T) {
		t.Parallel()
		derived := open("key").RegistrationToken(seed).Reveal()
		assert.NotEqual(t, derived, open("key").RegistrationToken("another seed").Reveal())
		assert.NotEqual(t, derived, open("another key").RegistrationToken(seed).Reveal())
	})
	t.Run("RegistrationToken needs no escaping and does not hold the seed", func(t *testing.T) {
		t.Parallel()
		const alphanumeric = "0123456789seed"
		derived := open("key").RegistrationToken(alphanumeric).Reveal()
		assert.Regexp(t, `^[0-9A-Za-z_-]{17,}$`, derived)
		assert.NotContains(t, derived, alphanumeric)
	})
}
