package domain_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
)

func TestActor(t *testing.T) {
	t.Parallel()
	assert.NoError(t, admin.Actor.MustBeAdmin())
	assert.ErrorIs(t, at(domain.Owner).Actor.MustBeAdmin(), domain.Forbidden(""))
	assert.True(t, domain.Actor{User: 5}.Is(5))
	assert.False(t, domain.Actor{User: 5}.Is(6))
}

func TestMustOwnNamespace(t *testing.T) {
	t.Parallel()
	alice := domain.Namespace{ID: 9, Kind: domain.NamespaceOfUser, Owner: 5}
	assert.NoError(t, domain.Actor{User: 5}.MustOwnNamespace(alice))
	assert.NoError(t, admin.Actor.MustOwnNamespace(alice))
	assert.ErrorIs(t, domain.Actor{User: 6}.MustOwnNamespace(alice), domain.Forbidden(""))
	group := domain.Namespace{ID: 3, Kind: domain.NamespaceOfGroup}
	assert.ErrorIs(t, domain.Actor{User: 5}.MustOwnNamespace(group), domain.Forbidden(""), "a group is nobody's own")
}
