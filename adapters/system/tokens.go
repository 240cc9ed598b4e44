package system

import (
	"crypto/rand"
	"encoding/hex"

	"runyard/domain"
)

// The prefixes by which people and secret scanners recognise GitLab's tokens.
const (
	personalAccessTokenPrefix = "glpat-"
	userRunnerTokenPrefix     = "glrt-"
	registrationTokenPrefix   = "GR1348941"
	jobTokenPrefix            = "glcbt-"
)

// Tokens makes tokens from the randomness of the operating system, which does
// not return if there is none.
type Tokens struct{}

// RunnerToken is 20 letters and digits.
func (Tokens) RunnerToken() domain.Secret { return domain.Secret(random()) }

// UserRunnerToken is "glrt-" and 20 letters and digits.
func (Tokens) UserRunnerToken() domain.Secret {
	return domain.Secret(userRunnerTokenPrefix + random())
}

// JobToken is "glcbt-" and 20 letters and digits.
func (Tokens) JobToken() domain.Secret { return domain.Secret(jobTokenPrefix + random()) }

// PersonalAccessToken is "glpat-" and 20 letters and digits.
func (Tokens) PersonalAccessToken() domain.Secret {
	return domain.Secret(personalAccessTokenPrefix + random())
}

// InstanceRegistrationToken is "GR1348941" and 20 letters and digits.
func (Tokens) InstanceRegistrationToken() domain.Secret {
	return domain.Secret(registrationTokenPrefix + random())
}

// RegistrationSeed is 20 letters and digits.
func (Tokens) RegistrationSeed() string { return random() }

// SecretKey is 32 random bytes in hexadecimal.
func (Tokens) SecretKey() domain.Secret {
	number := randomNumber()
	return domain.Secret(hex.EncodeToString(number[:]))
}

// nonceBytes make 128 bits.
const nonceBytes = 16

// Nonce is 16 random bytes in hexadecimal.
func (Tokens) Nonce() string {
	number := randomNumber()
	return hex.EncodeToString(number[:nonceBytes])
}

func random() string { return alphanumeric(randomNumber()) }

func randomNumber() [numberBytes]byte {
	var number [numberBytes]byte
	_, _ = rand.Read(number[:]) // by its contract it fills the bytes or crashes
	return number
}
