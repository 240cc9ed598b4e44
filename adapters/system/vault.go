package system

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"runyard/domain"
)

// Vault makes digests and registration tokens with keys derived from one
// secret key. Each purpose has a key of its own, so that what one purpose shows
// (a digest in a dump) tells nothing about the other (a token in the clear).
type Vault struct {
	digestKey            []byte
	registrationTokenKey []byte
}

// NewVault derives the keys. The names of the purposes are part of what is
// stored: changing one invalidates every token of a database.
func NewVault(key domain.Secret) *Vault {
	return &Vault{
		digestKey:            subKey(key, "runyard token digest"),
		registrationTokenKey: subKey(key, "runyard registration token"),
	}
}

// Digest is an HMAC-SHA-256 in hexadecimal. Tokens are long and random, so a
// slow password hash would only slow down every request.
func (v *Vault) Digest(token domain.Secret) domain.Digest {
	sum := authenticate(v.digestKey, token.Reveal())
	return domain.Digest(hex.EncodeToString(sum[:]))
}

// RegistrationToken is "GR1348941" and 20 letters and digits.
func (v *Vault) RegistrationToken(seed string) domain.Secret {
	return domain.Secret(registrationTokenPrefix + alphanumeric(authenticate(v.registrationTokenKey, seed)))
}

func subKey(key domain.Secret, purpose string) []byte {
	derived, err := hkdf.Key(sha256.New, []byte(key), nil, purpose, sha256.Size)
	if err != nil {
		// HKDF refuses only keys of more than 255 hashes.
		panic("derive the key for " + purpose + ": " + err.Error())
	}
	return derived
}

func authenticate(key []byte, message string) [sha256.Size]byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(message))
	return [sha256.Size]byte(mac.Sum(nil))
}
