package domain_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

func TestRegistrationDefaults(t *testing.T) {
	t.Parallel()
	r, err := domain.NewRunner(domain.RunnerRegistration{Token: "0123abcd", IPAddress: "192.0.2.1"},
		domain.RunnerScope{Type: domain.InstanceRunner}, noon)
	require.NoError(t, err)
	want := domain.RunnerState{
		Type: domain.InstanceRunner, Token: "0123abcd", Active: true, Locked: false, RunUntagged: true,
		AccessLevel: domain.NotProtected, Tags: domain.Tags{}, IPAddress: new("192.0.2.1"),
		CreatedAt: noon, UpdatedAt: noon,
	}
	assert.Empty(t, cmp.Diff(want, r.State()))
}

func TestRegistrationFromRequest(t *testing.T) {
	t.Parallel()
	r, err := domain.NewRunner(domain.RunnerRegistration{
		Token: "0123abcd", Description: new(" big one "), Name: new("gitlab-runner"), Active: new(false), Locked: new(true),
		RunUntagged: new(false), AccessLevel: new(domain.RefProtected), MaximumTimeout: new(int64(600)),
		MaintenanceNote: new("no disk"), Tags: domain.Tags{" b", "a", "b"},
		Metadata: domain.RunnerMetadata{
			Version: new("14.0.0"), Revision: new("3b6f852e"), Platform: new("linux"), Architecture: new("amd64"),
		},
		IPAddress: "192.0.2.1",
	}, domain.RunnerScope{Type: domain.GroupRunner, Group: 3}, noon)
	require.NoError(t, err)
	want := domain.RunnerState{
		Type: domain.GroupRunner, Group: 3, Token: "0123abcd", Description: new(" big one "), Name: new("gitlab-runner"),
		Active: false, Locked: true, RunUntagged: false, AccessLevel: domain.RefProtected, MaximumTimeout: new(int64(600)),
		MaintenanceNote: new("no disk"), Tags: domain.Tags{"b", "a"},
		RunnerMetadata: domain.RunnerMetadata{
			Version: new("14.0.0"), Revision: new("3b6f852e"), Platform: new("linux"), Architecture: new("amd64"),
		},
		IPAddress: new("192.0.2.1"), CreatedAt: noon, UpdatedAt: noon,
	}
	assert.Empty(t, cmp.Diff(want, r.State()))
}

func TestRegistration(t *testing.T) {
	t.Parallel()
	register := func(t *testing.T, spec domain.RunnerRegistration, scope domain.RunnerScope) *domain.Runner {
		t.Helper()
		r, err := domain.NewRunner(spec, scope, noon)
		require.NoError(t, err)
		return r
	}
	t.Run("registering is no contact: not connected until verify or a job request", func(t *testing.T) {
		t.Parallel()
		r := register(t, domain.RunnerRegistration{IPAddress: "192.0.2.1"}, domain.RunnerScope{Type: domain.InstanceRunner})
		assert.Equal(t, domain.StatusNotConnected, r.Summary().Status(noon))
		assert.Nil(t, r.Summary().Online(noon))
	})
	t.Run("an instance token makes an instance runner, attached to nothing", func(t *testing.T) {
		t.Parallel()
		s := register(t, domain.RunnerRegistration{}, domain.RunnerScope{Type: domain.InstanceRunner}).State()
		assert.True(t, s.Type.Shared())
		assert.Zero(t, s.Group)
		assert.Zero(t, s.ProjectCount)
	})
	t.Run("a group's token makes a group runner, attached to exactly that group", func(t *testing.T) {
		t.Parallel()
		s := register(t, domain.RunnerRegistration{}, domain.RunnerScope{Type: domain.GroupRunner, Group: 3}).State()
		assert.False(t, s.Type.Shared())
		assert.Equal(t, domain.GroupID(3), s.Group)
		assert.Zero(t, s.ProjectCount)
	})
	t.Run("a project's token makes a project runner, attached to one project", func(t *testing.T) {
		t.Parallel()
		s := register(t, domain.RunnerRegistration{}, domain.RunnerScope{Type: domain.ProjectRunner, Project: 4}).State()
		assert.False(t, s.Type.Shared())
		assert.Zero(t, s.Group)
		assert.Equal(t, 1, s.ProjectCount)
	})
	t.Run("blank texts are ignored: null, empty and white space", func(t *testing.T) {
		t.Parallel()
		for _, blank := range []*string{nil, new(""), new(" \t\n")} {
			s := register(t, domain.RunnerRegistration{
				Description: blank, Name: blank, MaintenanceNote: blank,
				Metadata: domain.RunnerMetadata{Version: blank, Revision: blank, Platform: blank, Architecture: blank},
			}, domain.RunnerScope{Type: domain.InstanceRunner}).State()
			assert.Nil(t, s.Description)
			assert.Nil(t, s.Name)
			assert.Nil(t, s.MaintenanceNote)
			assert.Equal(t, domain.RunnerMetadata{}, s.RunnerMetadata)
		}
	})
	t.Run("a refused registration makes no runner", func(t *testing.T) {
		t.Parallel()
		r, err := domain.NewRunner(domain.RunnerRegistration{RunUntagged: new(false)},
			domain.RunnerScope{Type: domain.InstanceRunner}, noon)
		require.Error(t, err)
		assert.Nil(t, r)
	})
}

func TestTwoContactsTellTogetherWhatTheyKnow(t *testing.T) {
	t.Parallel()
	older := domain.RunnerContact{At: yesterday, IPAddress: "192.0.2.1", Metadata: domain.RunnerMetadata{
		Version: new("18.0.0"), Platform: new("linux"),
	}}
	newer := domain.RunnerContact{At: noon, IPAddress: "192.0.2.2", Metadata: domain.RunnerMetadata{
		Version: new("19.4.0"), Platform: new(" "),
	}}
	assert.Equal(t, domain.RunnerContact{At: noon, IPAddress: "192.0.2.2", Metadata: domain.RunnerMetadata{
		Version: new("19.4.0"), Platform: new("linux"),
	}}, older.Then(newer))
	assert.Equal(t, "18.0.0", *older.Metadata.Version)
}

func TestContact(t *testing.T) {
	t.Parallel()
	known := func(s *domain.RunnerState) {
		s.Name, s.IPAddress = new("old name"), new("192.0.2.1")
		s.RunnerMetadata = domain.RunnerMetadata{Version: new("13.12.0"), Platform: new("linux")}
	}
	t.Run("it sets contacted_at and the address", func(t *testing.T) {
		t.Parallel()
		r := aRunner(known)
		r.Contact(domain.RunnerContact{At: noon, IPAddress: "192.0.2.9"})
		assert.Equal(t, noon, r.State().ContactedAt)
		assert.Equal(t, new("192.0.2.9"), r.State().IPAddress)
		assert.Equal(t, domain.StatusOnline, r.Summary().Status(noon))
	})
	t.Run("metadata is overwritten where non-blank", func(t *testing.T) {
		t.Parallel()
		r := aRunner(known)
		r.Contact(domain.RunnerContact{At: noon, Metadata: domain.RunnerMetadata{
			Version: new("14.0.0"), Revision: new("3b6f852e"), Platform: new(" "), Architecture: new("arm64"),
		}})
		assert.Equal(t, domain.RunnerMetadata{
			Version: new("14.0.0"), Revision: new("3b6f852e"), Platform: new("linux"), Architecture: new("arm64"),
		}, r.State().RunnerMetadata)
	})
	t.Run("it changes neither the name nor updated_at nor anything else", func(t *testing.T) {
		t.Parallel()
		r := aRunner(known)
		want := r.State()
		r.Contact(domain.RunnerContact{At: noon, IPAddress: "192.0.2.1"})
		want.ContactedAt = noon
		assert.Empty(t, cmp.Diff(want, r.State()))
	})
	t.Run("it skips validation", func(t *testing.T) {
		t.Parallel()
		r := aRunner(ofProjects(0), func(s *domain.RunnerState) { s.RunUntagged = false })
		r.Contact(domain.RunnerContact{At: noon.Add(time.Second)})
		assert.Equal(t, noon.Add(time.Second), r.State().ContactedAt)
	})
}
