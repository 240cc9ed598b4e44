package system

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"sync"

	"runyard/domain"
)

// Vault makes digests and registration tokens with keys derived from one
// secret key. Each purpose has a key of its own, so that what one purpose shows
// (a digest in a dump) tells nothing about the other (a token in the clear).
type Vault struct {
	digests            authenticators
	registrationTokens authenticators
}

// NewVault derives the keys. The names of the purposes are part of what is
// stored: changing one invalidates every token of a database.
func NewVault(key domain.Secret) *Vault {
	return &Vault{
		digests:            newAuthenticators(subKey(key, "runyard token digest")),
		registrationTokens: newAuthenticators(subKey(key, "runyard registration token")),
	}
}

// Digest is an HMAC-SHA-256 in hexadecimal. Tokens are long and random, so a
// slow password hash would only slow down every request.
func (v *Vault) Digest(token domain.Secret) domain.Digest {
	sum := v.digests.authenticate(token.Reveal())
	return domain.Digest(hex.EncodeToString(sum[:]))
}

// RegistrationToken is "GR1348941" and 20 letters and digits.
func (v *Vault) RegistrationToken(seed string) domain.Secret {
	return domain.Secret(registrationTokenPrefix + alphanumeric(v.registrationTokens.authenticate(seed)))
}

func subKey(key domain.Secret, purpose string) []byte {
	derived, err := hkdf.Key(sha256.New, []byte(key), nil, purpose, sha256.Size)
	if err != nil {
		// HKDF refuses only keys of more than 255 hashes.
		panic("derive the key for " + purpose + ": " + err.Error())
	}
	return derived
}

// authenticators make HMACs with one key. Each is used again: to prepare one for
// a key takes as long as to make the HMAC.
type authenticators struct{ pool *sync.Pool }

func newAuthenticators(key []byte) authenticators {
	return authenticators{&sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}
}

func (a authenticators) authenticate(message string) (sum [sha256.Size]byte) {
	mac := a.pool.Get().(hash.Hash)
	defer a.pool.Put(mac)
	mac.Reset()
	_, _ = io.WriteString(mac, message) // a hash takes everything
	mac.Sum(sum[:0])
	return sum
}
