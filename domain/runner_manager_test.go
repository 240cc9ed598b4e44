package domain_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
)

func TestManagerStatus(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	never := time.Time{}
	for name, test := range map[string]struct {
		created, contacted time.Time
		want               domain.ManagerStatus
	}{
		"contacted a moment ago is online":                     {noon.Add(-2 * week), noon, domain.ManagerOnline},
		"a nanosecond less than two hours ago is online":       {yesterday, noon.Add(1 - 2*time.Hour), domain.ManagerOnline},
		"exactly two hours ago is offline":                     {yesterday, noon.Add(-2 * time.Hour), domain.ManagerOffline},
		"exactly a week ago is offline":                        {noon.Add(-week), noon.Add(-week), domain.ManagerOffline},
		"more than a week ago is stale":                        {noon.Add(-week - 1), noon.Add(-week - 1), domain.ManagerStale},
		"made lately is not stale, whatever the contact":       {yesterday, noon.Add(-2 * week), domain.ManagerOffline},
		"never contacted and made lately":                      {yesterday, never, domain.ManagerNeverContacted},
		"never contacted and made more than a week ago: stale": {noon.Add(-week - 1), never, domain.ManagerStale},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := domain.RunnerManager{CreatedAt: test.created, ContactedAt: test.contacted}
			assert.Equal(t, test.want, m.Status(noon))
		})
	}
}

func TestContactIsFiledUnderItsMachine(t *testing.T) {
	t.Parallel()
	for given, want := range map[domain.SystemID]domain.SystemID{
		"s_0123456789ab": "s_0123456789ab", "": "<legacy>", "  ": "<legacy>",
	} {
		assert.Equal(t, want, domain.RunnerContact{SystemID: given}.Machine())
	}
}

func TestMetadataKnowsWhatItSaysAndWhatIsBlank(t *testing.T) {
	t.Parallel()
	all := domain.RunnerMetadata{Version: new("19.4.0"), Revision: new("d79f3e7b"), Platform: new("linux"), Architecture: new("amd64")}
	for _, nothingNew := range []domain.RunnerMetadata{all, {}, {Version: new("")}, {Version: new("19.4.0")}} {
		assert.True(t, all.Knows(nothingNew))
	}
	for _, something := range []domain.RunnerMetadata{
		{Version: new("19.4.1")}, {Revision: new("0")}, {Platform: new("windows")}, {Architecture: new("arm64")},
	} {
		assert.False(t, all.Knows(something))
		assert.False(t, domain.RunnerMetadata{}.Knows(something))
	}
}

func TestContactRefusesALongSystemID(t *testing.T) {
	t.Parallel()
	for length, want := range map[int]error{
		0: nil, 64: nil, 65: broken("system_id", "is too long (maximum is 64 characters)"),
	} {
		err := domain.RunnerContact{SystemID: domain.SystemID(strings.Repeat("é", length))}.Check()
		if want == nil {
			assert.NoError(t, err)
		} else {
			assert.Equal(t, want, err)
		}
	}
}
