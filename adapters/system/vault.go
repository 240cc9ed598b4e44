package system

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
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
	var text [2 * sha256.Size]byte
	hex.Encode(text[:], sum[:])
	return domain.Digest(text[:])
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

// authenticator has the room that a message and its sum need beside it.
type authenticator struct {
	hash.Hash
	message []byte
	sum     [sha256.Size]byte
}

func newAuthenticators(key []byte) authenticators {
	return authenticators{&sync.Pool{New: func() any { return &authenticator{Hash: hmac.New(sha256.New, key)} }}}
}

func (a authenticators) authenticate(message string) [sha256.Size]byte {
	mac := a.pool.Get().(*authenticator)
	defer a.pool.Put(mac)
	mac.Reset()
	mac.message = append(mac.message[:0], message...)
	mac.Write(mac.message)
	clear(mac.message)
	mac.Sum(mac.sum[:0])
	return mac.sum
}
