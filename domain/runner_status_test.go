package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
)

func TestRunnerStatusAndOnline(t *testing.T) {
	t.Parallel()
	never := func(s *domain.RunnerState) { s.ContactedAt = time.Time{} }
	active := func(s *domain.RunnerState) { s.Active = true }
	for name, test := range map[string]struct {
		contact, activity func(s *domain.RunnerState)
		status            domain.RunnerStatus
		online            *bool
	}{
		"never contacted is not connected, and online is null":        {never, active, domain.StatusNotConnected, nil},
		"a paused runner that never connected is not connected":       {never, paused, domain.StatusNotConnected, nil},
		"a paused runner is paused, and can be online":                {lastSeen(time.Minute), paused, domain.StatusPaused, new(true)},
		"a paused runner stays paused after the window":               {lastSeen(3 * time.Hour), paused, domain.StatusPaused, new(false)},
		"contacted within two hours is online":                        {lastSeen(time.Minute), active, domain.StatusOnline, new(true)},
		"a nanosecond less than two hours ago is online":              {lastSeen(2*time.Hour - 1), active, domain.StatusOnline, new(true)},
		"exactly two hours ago is not online":                         {lastSeen(2 * time.Hour), active, domain.StatusOffline, new(false)},
		"exactly two hours ago is not online for a paused one either": {lastSeen(2 * time.Hour), paused, domain.StatusPaused, new(false)},
		"longer ago is offline":                                       {lastSeen(2*time.Hour + 1), active, domain.StatusOffline, new(false)},
		"a contact at this very moment is online":                     {lastSeen(0), active, domain.StatusOnline, new(true)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := aRunner(test.contact, test.activity)
			assert.Equal(t, test.status, r.Summary().Status(noon))
			assert.Equal(t, test.online, r.Summary().Online(noon))
		})
	}
}

func TestStatusFollowsFromTheMoment(t *testing.T) {
	t.Parallel()
	r := aRunner(lastSeen(time.Hour))
	assert.Equal(t, domain.StatusOnline, r.Summary().Status(noon))
	assert.Equal(t, domain.StatusOffline, r.Summary().Status(noon.Add(time.Hour)), "nothing but time went by")
}
