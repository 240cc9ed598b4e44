package rest

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"

	"runyard/domain"
)

const (
	// provenLife is how long a token counts as proven, at least, after it was
	// last good. Agents call more often than that.
	provenLife = time.Hour
	// maxProven bounds the tokens that are remembered, twice.
	maxProven = 100_000
)

// provenTokens are the tokens that were good from an address not long ago. It
// keeps no token, but a number that only this process can make of one; two that
// have the same number harm nobody, for the token is still looked at.
type provenTokens struct {
	seed maphash.Seed

	mu            sync.RWMutex
	young, old    map[uint64]struct{}
	youngestSince time.Time
}

func newProvenTokens() *provenTokens {
	return &provenTokens{seed: maphash.MakeSeed(), young: map[uint64]struct{}{}}
}

func (p *provenTokens) add(address netip.Prefix, token domain.Secret, now time.Time) {
	key := p.key(address, token)
	p.mu.RLock()
	_, known := p.young[key]
	fresh := now.Sub(p.youngestSince) < provenLife
	p.mu.RUnlock()
	if known && fresh {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.youngestSince) >= provenLife || len(p.young) >= maxProven {
		p.old, p.young, p.youngestSince = p.young, map[uint64]struct{}{}, now
	}
	p.young[key] = struct{}{}
}

func (p *provenTokens) has(address netip.Prefix, token domain.Secret) bool {
	key := p.key(address, token)
	p.mu.RLock()
	defer p.mu.RUnlock()
	_, young := p.young[key]
	_, old := p.old[key]
	return young || old
}

func (p *provenTokens) key(address netip.Prefix, token domain.Secret) uint64 {
	return maphash.Comparable(p.seed, struct {
		address netip.Prefix
		token   string
	}{address, token.Reveal()})
}
