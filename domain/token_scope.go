package domain

import "slices"

// Scope limits what a personal access token is good for.
type Scope string

// The scopes that a token may have (service reference, section 4).
const (
	ScopeAPI             Scope = "api"
	ScopeReadAPI         Scope = "read_api"
	ScopeReadUser        Scope = "read_user"
	ScopeCreateRunner    Scope = "create_runner"
	ScopeManageRunner    Scope = "manage_runner"
	ScopeSudo            Scope = "sudo"
	ScopeReadRepository  Scope = "read_repository"
	ScopeWriteRepository Scope = "write_repository"
)

var knownScopes = []Scope{
	ScopeAPI, ScopeReadAPI, ScopeReadUser, ScopeCreateRunner, ScopeManageRunner,
	ScopeSudo, ScopeReadRepository, ScopeWriteRepository,
}

// Scopes is the set of scopes of one token, in the order in which it was asked for.
type Scopes []Scope

// ParseScopes accepts known scopes only, and drops repetitions.
func ParseScopes(names []string) (Scopes, error) {
	scopes := Scopes{}
	for _, name := range names {
		scope := Scope(name)
		if !slices.Contains(knownScopes, scope) {
			return nil, Invalid("scopes", "can only contain available scopes")
		}
		if !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	if len(scopes) == 0 {
		return nil, Invalid("scopes", "can't be blank")
	}
	return scopes, nil
}

// Strings gives the scopes as the wire spells them.
func (s Scopes) Strings() []string {
	names := make([]string, len(s))
	for i, scope := range s {
		names[i] = string(scope)
	}
	return names
}

// HasAny tells whether the token has one of the scopes.
func (s Scopes) HasAny(scopes ...Scope) bool {
	return slices.ContainsFunc(scopes, func(scope Scope) bool { return slices.Contains(s, scope) })
}

// MustAllowAny refuses a token that has none of the wanted scopes.
func (s Scopes) MustAllowAny(wanted ...Scope) error {
	if s.HasAny(wanted...) {
		return nil
	}
	return &Error{
		Kind:   KindInsufficientScope,
		Reason: "The request requires higher privileges than provided by the access token.",
		Scopes: Scopes(wanted).Strings(),
	}
}
