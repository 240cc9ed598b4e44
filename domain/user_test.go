package domain_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

const pathHint = "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-' or end in '.', '.git' or '.atom'"

func TestNewUser(t *testing.T) {
	t.Parallel()
	good := domain.UserState{Username: "alice", Name: "Alice", Email: "alice@example.com", Admin: true, Status: domain.UserBlocked}
	t.Run("a new user is active, and made now", func(t *testing.T) {
		t.Parallel()
		user, err := domain.NewUser(good, noon)
		require.NoError(t, err)
		want := good
		want.Status, want.CreatedAt = domain.UserActive, noon
		assert.Empty(t, cmp.Diff(want, user.State()))
	})
	for name, test := range map[string]struct {
		spec func(s *domain.UserState)
		want error
	}{
		"a blank name":                        {func(s *domain.UserState) { s.Name = " \t" }, broken("name", "can't be blank")},
		"a name of 255 characters, not bytes": {func(s *domain.UserState) { s.Name = strings.Repeat("é", 255) }, nil},
		"a name of 256 characters":            {func(s *domain.UserState) { s.Name = strings.Repeat("é", 256) }, broken("name", "is too long (maximum is 255 characters)")},
		"an address without @":                {func(s *domain.UserState) { s.Email = "alice" }, broken("email", "is invalid")},
		"an address that ends in @":           {func(s *domain.UserState) { s.Email = "alice@" }, broken("email", "is invalid")},
		"an address that begins with @":       {func(s *domain.UserState) { s.Email = "@example.com" }, broken("email", "is invalid")},
		"an address of 256 characters":        {func(s *domain.UserState) { s.Email = strings.Repeat("é", 254) + "@a" }, broken("email", "is too long (maximum is 255 characters)")},
		"no username":                         {func(s *domain.UserState) { s.Username = "" }, broken("username", "can't be blank")},
		"several failing attributes together": {func(s *domain.UserState) { *s = domain.UserState{} }, broken("username", "can't be blank", "name", "can't be blank", "email", "is invalid")},
		"a username with a slash":             {func(s *domain.UserState) { s.Username = "a/b" }, broken("username", pathHint)},
		"a username with white space":         {func(s *domain.UserState) { s.Username = "a b" }, broken("username", pathHint)},
		"a username with a line break":        {func(s *domain.UserState) { s.Username = "alice\n" }, broken("username", pathHint)},
		"a username with a query":             {func(s *domain.UserState) { s.Username = "a?b" }, broken("username", pathHint)},
		"a username that starts with -":       {func(s *domain.UserState) { s.Username = "-a" }, broken("username", pathHint)},
		"a username that ends in a dot":       {func(s *domain.UserState) { s.Username = "a." }, broken("username", pathHint)},
		"a username that ends in .git":        {func(s *domain.UserState) { s.Username = "a.git" }, broken("username", pathHint)},
		"a username that ends in .atom":       {func(s *domain.UserState) { s.Username = "a.atom" }, broken("username", pathHint)},
		"a username of all good characters":   {func(s *domain.UserState) { s.Username = "_A-z.09" }, nil},
		"a username of 255 characters":        {func(s *domain.UserState) { s.Username = strings.Repeat("a", 255) }, nil},
		"a username of 256 characters":        {func(s *domain.UserState) { s.Username = strings.Repeat("a", 256) }, broken("username", "is too long (maximum is 255 characters)")},
		"a username is counted in characters": {func(s *domain.UserState) { s.Username = strings.Repeat("é", 200) }, broken("username", pathHint)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := good
			test.spec(&spec)
			_, err := domain.NewUser(spec, noon)
			if test.want == nil {
				assert.NoError(t, err)
				return
			}
			assert.Equal(t, test.want, err)
		})
	}
}

func TestBlock(t *testing.T) {
	t.Parallel()
	t.Run("a blocked user is refused until unblocked", func(t *testing.T) {
		t.Parallel()
		user := domain.RestoreUser(domain.UserState{ID: 5, Status: domain.UserActive})
		require.NoError(t, user.MustBeActive())
		require.NoError(t, user.Block(admin.Actor))
		assert.Equal(t, domain.UserBlocked, user.State().Status)
		assert.False(t, user.Active())
		assertRefusal(t, domain.Forbidden("Your account has been blocked."), user.MustBeActive())
		user.Unblock()
		assert.NoError(t, user.MustBeActive())
		assert.True(t, user.Active())
		assert.Equal(t, domain.UserActive, user.State().Status)
	})
	t.Run("nobody can block themselves", func(t *testing.T) {
		t.Parallel()
		user := domain.RestoreUser(domain.UserState{ID: admin.Actor.User, Status: domain.UserActive})
		assertRefusal(t, domain.Forbidden("The API initiating user can not be blocked by the API"), user.Block(admin.Actor))
		assert.NoError(t, user.MustBeActive())
	})
}

func TestMustBeDeletable(t *testing.T) {
	t.Parallel()
	otherAdmin := domain.Actor{User: 9, Admin: true}
	user := domain.RestoreUser(domain.UserState{ID: 5})
	root := domain.RestoreUser(domain.UserState{ID: domain.RootUser})
	oneself := domain.RestoreUser(domain.UserState{ID: 9})
	assert.Equal(t, domain.UserID(5), user.ID())
	assert.NoError(t, user.MustBeDeletable(otherAdmin))
	assertRefusal(t, domain.Forbidden(""), root.MustBeDeletable(otherAdmin))
	assertRefusal(t, domain.Forbidden(""), oneself.MustBeDeletable(otherAdmin))
}
