package domain_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
)

func TestParseScopes(t *testing.T) {
	t.Parallel()
	unknown := domain.Invalid("scopes", "can only contain available scopes")
	blank := domain.Invalid("scopes", "can't be blank")
	all := []string{
		"api", "read_api", "read_user", "create_runner", "manage_runner", "sudo", "read_repository", "write_repository",
	}
	for name, test := range map[string]struct {
		names []string
		want  []string
		err   *domain.Error
	}{
		"all known scopes":                   {all, all, nil},
		"the order is that of the request":   {[]string{"sudo", "api"}, []string{"sudo", "api"}, nil},
		"repetitions are dropped":            {[]string{"api", "sudo", "api"}, []string{"api", "sudo"}, nil},
		"another one is refused":             {[]string{"api", "read_registry"}, nil, unknown},
		"scopes are compared exactly":        {[]string{"API"}, nil, unknown},
		"an empty name is no scope":          {[]string{""}, nil, unknown},
		"no scopes at all are refused":       {nil, nil, blank},
		"an empty list of scopes is refused": {[]string{}, nil, blank},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			scopes, err := domain.ParseScopes(test.names)
			assertRefusal(t, test.err, err)
			if test.err == nil {
				assert.Equal(t, test.want, scopes.Strings())
			}
		})
	}
}

func TestMustAllowAny(t *testing.T) {
	t.Parallel()
	scopes := domain.Scopes{domain.ScopeReadAPI, domain.ScopeSudo}
	assert.NoError(t, scopes.MustAllowAny(domain.ScopeReadAPI))
	assert.NoError(t, scopes.MustAllowAny(domain.ScopeAPI, domain.ScopeReadAPI), "any of them would do")
	assertRefusal(t, &domain.Error{
		Kind:   domain.KindInsufficientScope,
		Reason: "The request requires higher privileges than provided by the access token.",
		Scopes: []string{"api", "create_runner"},
	}, scopes.MustAllowAny(domain.ScopeAPI, domain.ScopeCreateRunner))
	assert.Error(t, domain.Scopes{}.MustAllowAny(domain.ScopeAPI))
	assert.Error(t, scopes.MustAllowAny(), "no scope is good for what no scope is good for")
}

func TestHasAny(t *testing.T) {
	t.Parallel()
	scopes := domain.Scopes{domain.ScopeReadAPI, domain.ScopeManageRunner}
	assert.True(t, scopes.HasAny(domain.ScopeAPI, domain.ScopeManageRunner))
	assert.False(t, scopes.HasAny(domain.ScopeAPI, domain.ScopeCreateRunner))
	assert.False(t, scopes.HasAny(), "of nothing")
	assert.False(t, domain.Scopes(nil).HasAny(domain.ScopeAPI))
}
