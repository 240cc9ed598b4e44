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

	assert.NotEqual(t, vault.digestKey, vault.registrationTokenKey)
	assert.NotEqual(t, "key", string(vault.digestKey))
	assert.NotEqual(t, "key", string(vault.registrationTokenKey))
}
