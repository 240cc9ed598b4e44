package domain

import (
	"crypto/subtle"
	"fmt"
	"io"
)

// Secret is a token or key in the clear. Printing one shows a placeholder, so
// that a careless %v in a log or a test cannot leak it. A struct that keeps
// one in an unexported field needs a Format of its own: fmt looks past methods
// there.
type Secret string

const (
	hiddenSecret = "[secret]"
	hiddenDigest = "[digest]"
)

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String hides the secret.
func (Secret) String() string { return hiddenSecret }

// Format hides the secret from fmt, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hiddenSecret) }

// MarshalText keeps the secret out of JSON, YAML and structured logs.
func (Secret) MarshalText() ([]byte, error) { return []byte(hiddenSecret), nil }

// Digest is the keyed digest of a token, in hexadecimal: what is stored and
// looked up instead of the token. Empty means that there is no token. It is
// hidden like a Secret.
type Digest string

// Equals compares in a time that tells nothing about where two digests differ.
// Two empty ones are not equal: no token is nobody's token.
func (d Digest) Equals(other Digest) bool {
	return d != "" && subtle.ConstantTimeCompare([]byte(d), []byte(other)) == 1
}

// String hides the digest.
func (Digest) String() string { return hiddenDigest }

// Format hides the digest from fmt, whatever the verb.
func (Digest) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hiddenDigest) }

// MarshalText keeps the digest out of JSON, YAML and structured logs.
func (Digest) MarshalText() ([]byte, error) { return []byte(hiddenDigest), nil }
