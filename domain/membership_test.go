package domain_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

func TestAccessLevelOfAMembership(t *testing.T) {
	t.Parallel()
	for level, known := range map[domain.AccessLevel]bool{
		10: true, 20: true, 30: true, 40: true, 50: true, 0: false, 5: false, 45: false, 60: false, -10: false,
	} {
		t.Run(strconv.Itoa(int(level)), func(t *testing.T) {
			t.Parallel()
			var want *domain.Error
			if !known {
				want = domain.Invalid("access_level", "is not included in the list")
			}
			assert.Equal(t, known, level.Known())
			_, err := domain.NewMembership(domain.MembershipState{User: 5, Level: level}, noon)
			assertRefusal(t, want, err)
			old := domain.RestoreMembership(domain.MembershipState{Level: domain.Guest})
			assertRefusal(t, want, old.Update(domain.MembershipChange{Level: level, ExpiresAt: domain.Set(noon)}))
			assert.Equal(t, known, old.State() != domain.MembershipState{Level: domain.Guest}, "nothing changes when refused")
		})
	}
}

func TestMembership(t *testing.T) {
	t.Parallel()
	spec := domain.MembershipState{User: 5, Level: domain.Developer, ExpiresAt: yesterday}
	m, err := domain.NewMembership(spec, noon)
	require.NoError(t, err, "a past date is accepted")
	spec.CreatedAt = noon
	require.Empty(t, cmp.Diff(spec, m.State()))

	require.NoError(t, m.Update(domain.MembershipChange{Level: domain.Owner}))
	spec.Level = domain.Owner
	assert.Empty(t, cmp.Diff(spec, m.State()), "an absent date stays")

	require.NoError(t, m.Update(domain.MembershipChange{Level: domain.Guest, ExpiresAt: domain.Set(time.Time{})}))
	spec.Level, spec.ExpiresAt = domain.Guest, time.Time{}
	assert.Empty(t, cmp.Diff(spec, m.State()), "no date means never")
}
