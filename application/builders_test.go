package application_test

import (
	"time"

	"runyard/domain"
)

// aRunner is runner 7: an active instance runner that never made a contact.
func aRunner(changes ...func(s *domain.RunnerState)) *domain.Runner {
	s := domain.RunnerState{
		ID: 7, Type: domain.InstanceRunner, Token: digestOf("runner-token"), Active: true, RunUntagged: true,
		AccessLevel: domain.NotProtected, Tags: domain.Tags{}, CreatedAt: yesterday, UpdatedAt: yesterday,
	}
	for _, change := range changes {
		change(&s)
	}
	return domain.RestoreRunner(s)
}

// tokenExpires lets the runner's token be good until then.
func tokenExpires(at time.Time) func(s *domain.RunnerState) {
	return func(s *domain.RunnerState) { s.TokenExpiresAt = at }
}

func madeByUser(s *domain.RunnerState) { s.MadeByUser = true }

func locked(s *domain.RunnerState) { s.Locked = true }

func changedAtNoon(s *domain.RunnerState) { s.UpdatedAt = noon }

func ofGroup(s *domain.RunnerState) { s.Type, s.Group = domain.GroupRunner, 3 }

// ofProjects makes it a project runner with that many projects.
func ofProjects(count int) func(s *domain.RunnerState) {
	return func(s *domain.RunnerState) { s.Type, s.ProjectCount = domain.ProjectRunner, count }
}

// aProject is project 4, acme/engine, in group 3.
func aProject(changes ...func(s *domain.ProjectState)) *domain.Project {
	s := domain.ProjectState{
		ID: 4, Namespace: aGroup().Namespace(), Name: "Engine", Path: "engine",
		FullName: "Acme / Engine", FullPath: "acme/engine", DefaultBranch: "main", Visibility: domain.Private,
		SharedRunnersEnabled: true, GroupRunnersEnabled: true, BuildTimeout: 3600,
		Token: domain.RegistrationToken{Seed: "project seed"}, CreatedAt: yesterday,
	}
	for _, change := range changes {
		change(&s)
	}
	return domain.RestoreProject(s)
}

// aGroup is group 3, acme.
func aGroup(changes ...func(s *domain.GroupState)) *domain.Group {
	s := domain.GroupState{
		ID: 3, Name: "Acme", Path: "acme", FullName: "Acme", FullPath: "acme", Visibility: domain.Private,
		Token: domain.RegistrationToken{Seed: "group seed"}, CreatedAt: yesterday,
	}
	for _, change := range changes {
		change(&s)
	}
	return domain.RestoreGroup(s)
}

// aUser is Sam, user 5, whose personal namespace is 55.
func aUser(changes ...func(s *domain.UserState)) *domain.User {
	s := domain.UserState{
		ID: sam.User, Namespace: 55, Username: "sam", Name: "Sam", Email: "sam@example.com",
		Status: domain.UserActive, CreatedAt: yesterday,
	}
	for _, change := range changes {
		change(&s)
	}
	return domain.RestoreUser(s)
}

func blocked(s *domain.UserState) { s.Status = domain.UserBlocked }

func administrator(s *domain.UserState) { s.Admin = true }

// samsNamespace is where Sam's own projects live.
var samsNamespace = domain.Namespace{
	ID: 55, Kind: domain.NamespaceOfUser, Name: "Sam", Path: "sam", FullName: "Sam", FullPath: "sam", Owner: sam.User,
}

// aToken is Sam's token 15, good for everything.
func aToken(changes ...func(s *domain.PersonalAccessTokenState)) *domain.PersonalAccessToken {
	s := domain.PersonalAccessTokenState{
		ID: sam.Token, User: sam.User, Name: "laptop", Scopes: domain.Scopes{domain.ScopeAPI},
		Digest: digestOf("glpat-sam"), CreatedAt: yesterday,
	}
	for _, change := range changes {
		change(&s)
	}
	return domain.RestorePersonalAccessToken(s)
}

func revoked(s *domain.PersonalAccessTokenState) { s.Revoked = true }

func expired(s *domain.PersonalAccessTokenState) { s.ExpiresAt = noon }

func withScopes(scopes ...domain.Scope) func(s *domain.PersonalAccessTokenState) {
	return func(s *domain.PersonalAccessTokenState) { s.Scopes = scopes }
}

// anArchive is what job 9 left.
func anArchive(changes ...func(a *domain.Artifact)) domain.Artifact {
	a := domain.Artifact{
		ID: 3, Job: 9, Type: "archive", Format: "zip", Filename: "artifacts.zip", Size: 5, Key: "9/key", CreatedAt: yesterday,
	}
	for _, change := range changes {
		change(&a)
	}
	return a
}

func ofType(kind string) func(a *domain.Artifact) { return func(a *domain.Artifact) { a.Type = kind } }

func expiring(at time.Time) func(a *domain.Artifact) {
	return func(a *domain.Artifact) { a.ExpiresAt = at }
}

// aMembership is the membership of user 6.
func aMembership(level domain.AccessLevel) *domain.Membership {
	return domain.RestoreMembership(domain.MembershipState{User: 6, Level: level, CreatedAt: yesterday})
}
