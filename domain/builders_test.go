package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"runyard/domain"
)

// Fixed moments: everything was made yesterday and is asked about at noon.
var (
	noon      = time.Date(2021, time.June, 22, 12, 0, 0, 0, time.UTC)
	yesterday = noon.AddDate(0, 0, -1)
)

// aRunner is an active instance runner that never made a contact.
func aRunner(changes ...func(s *domain.RunnerState)) *domain.Runner {
	s := domain.RunnerState{
		ID: 7, Type: domain.InstanceRunner, Token: "0123abcd", Active: true, RunUntagged: true,
		AccessLevel: domain.NotProtected, Tags: domain.Tags{}, CreatedAt: yesterday, UpdatedAt: yesterday,
	}
	for _, change := range changes {
		change(&s)
	}
	return domain.RestoreRunner(s)
}

func paused(s *domain.RunnerState) { s.Active = false }

func locked(s *domain.RunnerState) { s.Locked = true }

func ofGroup(s *domain.RunnerState) { s.Type, s.Group = domain.GroupRunner, 3 }

// ofProjects makes it a project runner with that many projects.
func ofProjects(count int) func(s *domain.RunnerState) {
	return func(s *domain.RunnerState) { s.Type, s.ProjectCount = domain.ProjectRunner, count }
}

// lastSeen sets the last contact to that long before noon.
func lastSeen(ago time.Duration) func(s *domain.RunnerState) {
	return func(s *domain.RunnerState) { s.ContactedAt = noon.Add(-ago) }
}

func tagged(tags ...string) func(s *domain.RunnerState) {
	return func(s *domain.RunnerState) { s.Tags = tags }
}

// at is what somebody with that level on a runner, group or project is to it.
func at(level domain.AccessLevel) domain.Standing {
	return domain.Standing{Actor: domain.Actor{User: 5}, Level: level}
}

// admin is an administrator without any membership.
var admin = domain.Standing{Actor: domain.Actor{User: 1, Admin: true}}

// belowMaintainer is everybody who is not a Maintainer: strangers and lower members.
var belowMaintainer = []domain.AccessLevel{domain.NoAccess, domain.Guest, domain.Reporter, domain.Developer}

func aProject(t *testing.T, changes ...func(s *domain.ProjectSpec)) *domain.Project {
	t.Helper()
	spec := domain.ProjectSpec{Path: "engine"}
	for _, change := range changes {
		change(&spec)
	}
	namespace := domain.Namespace{ID: 3, Kind: domain.NamespaceOfGroup, FullName: "Acme / Tools", FullPath: "acme/tools"}
	project, err := domain.NewProject(spec, namespace, noon)
	require.NoError(t, err)
	return project
}

func aGroup(t *testing.T, visibility domain.Visibility) *domain.Group {
	t.Helper()
	group, err := domain.NewGroup(domain.GroupState{ID: 3, Name: "Acme", Path: "acme", Visibility: visibility}, nil, noon)
	require.NoError(t, err)
	return group
}

// broken is the refusal of values: attribute and text by turns.
func broken(attributesAndTexts ...string) error {
	refusal := &domain.Error{Kind: domain.KindInvalid}
	for i := 0; i < len(attributesAndTexts); i += 2 {
		refusal.Violations = append(refusal.Violations,
			domain.Violation{Attribute: attributesAndTexts[i], Text: attributesAndTexts[i+1]})
	}
	return refusal
}
