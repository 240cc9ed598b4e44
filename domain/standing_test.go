package domain_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
)

func TestAllows(t *testing.T) {
	t.Parallel()
	levels := []domain.AccessLevel{
		domain.NoAccess, domain.Guest, domain.Reporter, domain.Developer, domain.Maintainer, domain.Owner,
	}
	for i, has := range levels {
		for j, wanted := range levels {
			assert.Equal(t, i >= j, at(has).Allows(wanted), "a higher level includes every lower one: %d, %d", has, wanted)
			assert.True(t, admin.Allows(wanted), "admins count as Owner everywhere")
		}
	}
}

func TestMustGrant(t *testing.T) {
	t.Parallel()
	assert.NoError(t, at(domain.Maintainer).MustGrant(domain.Developer))
	assert.NoError(t, at(domain.Maintainer).MustGrant(domain.Maintainer), "one's own level")
	assert.ErrorIs(t, at(domain.Maintainer).MustGrant(domain.Owner), domain.Forbidden(""), "nobody lifts themselves up")
	assert.NoError(t, admin.MustGrant(domain.Owner))
}
