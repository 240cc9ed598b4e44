package system

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A dump holds seeds, and digests of the tokens made of them. With one key for
// both purposes, a digest that is shown somewhere would give a token away.
func TestEveryPurposeHasAKeyOfItsOwn(t *testing.T) {
	t.Parallel()
	vault := NewVault("key")

	digest, token := vault.digests.authenticate("a"), vault.registrationTokens.authenticate("a")
	assert.NotEqual(t, digest, token)
	for _, sum := range [][32]byte{digest, token} {
		assert.NotEqual(t, newAuthenticators([]byte("key")).authenticate("a"), sum)
	}
}
