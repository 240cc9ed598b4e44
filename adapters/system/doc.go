// Package system gives the application the real clock, real randomness and
// keyed digests.
package system

import "runyard/ports"

var (
	_ ports.Clock          = Clock{}
	_ ports.TokenGenerator = Tokens{}
	_ ports.TokenVault     = (*Vault)(nil)
)
