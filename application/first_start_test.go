package application_test

import (
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
)

var anAdministratorCalledRoot = domain.UserState{
	ID: 1, Username: "root", Name: "Administrator", Email: "admin@example.com", Admin: true,
	Status: domain.UserActive, CreatedAt: noon,
}

// rootsToken is the token that a start makes for root.
func rootsToken(secret domain.Secret) domain.PersonalAccessTokenState {
	return domain.PersonalAccessTokenState{
		User: 1, Name: "root", Scopes: domain.Scopes{domain.ScopeAPI}, Digest: digestOf(secret), CreatedAt: noon,
	}
}

// starts is an instance that is read and changed as often as a start needs.
func (h *harness) starts(i *domain.Instance) {
	h.instance.EXPECT().Find(gomock.Any()).DoAndReturn(func(any) (domain.Instance, error) { return *i, nil }).AnyTimes()
	h.instance.EXPECT().Update(gomock.Any(), gomock.Any()).DoAndReturn(changingInstance(i)).AnyTimes()
}

// hasRoot says that root is there.
func (h *harness) hasRoot() {
	h.users.EXPECT().Find(gomock.Any(), domain.RootUser).Return(domain.RestoreUser(anAdministratorCalledRoot), nil)
}

func (h *harness) generatesRootToken() {
	h.generator.EXPECT().PersonalAccessToken().Return(domain.Secret("glpat-generated"))
}

func (h *harness) generatesRegistrationToken() {
	h.generator.EXPECT().InstanceRegistrationToken().Return(domain.Secret("generated"))
}

func (h *harness) addsRootToken(secret domain.Secret) *gomock.Call {
	return h.tokens.EXPECT().Add(gomock.Any(), domain.RestorePersonalAccessToken(rootsToken(secret)))
}

const token21 = domain.PersonalAccessTokenID(21)

func TestFirstStartMakesRootAndGeneratesBothTokens(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	var instance domain.Instance
	h.starts(&instance)
	h.users.EXPECT().Find(gomock.Any(), domain.RootUser).Return(nil, errNoUser)
	addRoot := h.users.EXPECT().Add(gomock.Any(), domain.RestoreUser(anAdministratorCalledRoot)).Return(domain.RootUser, nil)
	h.generatesRootToken()
	h.addsRootToken("glpat-generated").Return(token21, nil).After(addRoot)
	h.generatesRegistrationToken()
	generated, err := application.NewBootstrap(h.Ports).Ensure(t.Context(), application.StartTokens{})
	require.NoError(t, err)
	assert.Equal(t, application.StartTokens{Root: "glpat-generated", Registration: "generated"}, generated, "to be printed once")
	assert.Equal(t, domain.Instance{RegistrationToken: digestOf("generated"), RootToken: 21}, instance)
}

func TestFirstStartWithGivenTokensGeneratesNone(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	var instance domain.Instance
	h.starts(&instance)
	h.hasRoot()
	h.addsRootToken("glpat-given").Return(token21, nil)
	generated, err := application.NewBootstrap(h.Ports).Ensure(t.Context(), application.StartTokens{
		Root: "glpat-given", Registration: "given",
	})
	require.NoError(t, err)
	assert.Zero(t, generated, "who gave them knows them")
	assert.Equal(t, domain.Instance{RegistrationToken: digestOf("given"), RootToken: 21}, instance)
}

func TestLaterStartsKeepWhatTheyAreNotGiven(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	kept := domain.Instance{RegistrationToken: digestOf("kept"), RootToken: 21}
	instance := kept
	h.starts(&instance)
	h.hasRoot()
	h.generator.EXPECT().InstanceRegistrationToken().Return(domain.Secret("generated in vain"))
	generated, err := application.NewBootstrap(h.Ports).Ensure(t.Context(), application.StartTokens{})
	require.NoError(t, err)
	assert.Zero(t, generated)
	assert.Equal(t, kept, instance)
}

func TestLaterStartsReplaceWhatTheyAreGiven(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	instance := domain.Instance{RegistrationToken: digestOf("kept"), RootToken: 21}
	h.starts(&instance)
	h.hasRoot()
	token := aToken(revoked, expired)
	h.tokens.EXPECT().Update(gomock.Any(), token21, gomock.Any()).DoAndReturn(changingToken(token))
	generated, err := application.NewBootstrap(h.Ports).Ensure(t.Context(), application.StartTokens{
		Root: "glpat-given", Registration: "given",
	})
	require.NoError(t, err)
	assert.Zero(t, generated)
	assert.Equal(t, domain.Instance{RegistrationToken: digestOf("given"), RootToken: 21}, instance)
	assert.Equal(t, digestOf("glpat-given"), token.State().Digest)
	assert.True(t, token.Active(noon), "even if it had been revoked")
}

func TestStartWhileAnotherNodeMakesRoot(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		found error // when root is looked for again
		want  error
	}{
		"root is there now": {nil, nil},
		"root is not there, so somebody else has the name or e-mail": {errNoUser, errNoUser},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			first := h.users.EXPECT().Find(gomock.Any(), domain.RootUser).Return(nil, errNoUser)
			add := h.users.EXPECT().Add(gomock.Any(), gomock.Any()).Return(domain.UserID(0), errSomeConflict).After(first)
			h.users.EXPECT().Find(gomock.Any(), domain.RootUser).Return(nil, test.found).After(add)
			if test.want == nil {
				h.starts(&domain.Instance{RegistrationToken: digestOf("kept"), RootToken: 21})
				h.generatesRegistrationToken()
			}
			_, err := application.NewBootstrap(h.Ports).Ensure(t.Context(), application.StartTokens{})
			check(t, test.want, err)
		})
	}
}

func TestStartWhileAnotherNodeMakesRootsToken(t *testing.T) {
	t.Parallel()
	for name, given := range map[string]domain.Secret{"a generated token": "", "another given token": "glpat-given"} {
		t.Run(name+" is taken back", func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.hasRoot()
			h.instance.EXPECT().Find(gomock.Any()).Return(domain.Instance{}, nil)
			secret := given
			if given == "" {
				secret = "glpat-generated"
				h.generatesRootToken()
			}
			h.addsRootToken(secret).Return(token21, nil)
			ofTheOther := domain.Instance{RegistrationToken: digestOf("kept"), RootToken: 20}
			instance := ofTheOther
			h.instance.EXPECT().Update(gomock.Any(), gomock.Any()).Times(2).DoAndReturn(changingInstance(&instance))
			token := domain.RestorePersonalAccessToken(rootsToken(secret))
			h.tokens.EXPECT().Update(gomock.Any(), token21, gomock.Any()).DoAndReturn(changingToken(token))
			h.generatesRegistrationToken()
			generated, err := application.NewBootstrap(h.Ports).Ensure(t.Context(), application.StartTokens{Root: given})
			require.NoError(t, err)
			assert.Zero(t, generated, "nothing is told that does not work")
			assert.Equal(t, ofTheOther, instance)
			assert.True(t, token.State().Revoked)
		})
	}
}

func TestStartWithARootTokenThatExists(t *testing.T) {
	t.Parallel()
	for name, claimed := range map[string]domain.PersonalAccessTokenID{
		"another node was faster with the very same token":        21,
		"an earlier start was cut short before it said which one": 0,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.hasRoot()
			h.instance.EXPECT().Find(gomock.Any()).Return(domain.Instance{}, nil)
			h.addsRootToken("glpat-given").Return(domain.PersonalAccessTokenID(0), errSomeConflict)
			stored := rootsToken("glpat-given")
			stored.ID = token21
			h.tokens.EXPECT().Authenticate(gomock.Any(), digestOf("glpat-given")).Return(
				domain.RestorePersonalAccessToken(stored), domain.RestoreUser(anAdministratorCalledRoot), nil)
			instance := domain.Instance{RootToken: claimed}
			h.instance.EXPECT().Update(gomock.Any(), gomock.Any()).Times(2).DoAndReturn(changingInstance(&instance))
			generated, err := application.NewBootstrap(h.Ports).Ensure(t.Context(), application.StartTokens{
				Root: "glpat-given", Registration: "given",
			})
			require.NoError(t, err)
			assert.Zero(t, generated)
			assert.Equal(t, token21, instance.RootToken, "later starts will replace it")
		})
	}
}

func TestStartThatFailsHalfwayTellsWhatItGenerated(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.hasRoot()
	h.instance.EXPECT().Find(gomock.Any()).Return(domain.Instance{}, nil)
	h.generatesRootToken()
	h.addsRootToken("glpat-generated").Return(token21, nil)
	claim := h.instance.EXPECT().Update(gomock.Any(), gomock.Any()).DoAndReturn(changingInstance(&domain.Instance{}))
	h.generatesRegistrationToken()
	h.instance.EXPECT().Update(gomock.Any(), gomock.Any()).Return(errDown).After(claim)
	generated, err := application.NewBootstrap(h.Ports).Ensure(t.Context(), application.StartTokens{})
	require.ErrorIs(t, err, errDown)
	assert.Equal(t, application.StartTokens{Root: "glpat-generated"}, generated, "no later start will generate it again")
}

func TestStartFails(t *testing.T) {
	t.Parallel()
	given := application.StartTokens{Root: "glpat-given", Registration: "given"}
	needsRootToken := func(h *harness) {
		h.hasRoot()
		h.instance.EXPECT().Find(gomock.Any()).Return(domain.Instance{}, nil)
	}
	for name, test := range map[string]struct {
		before func(h *harness)
		want   error
	}{
		"when root cannot be read": {func(h *harness) {
			h.users.EXPECT().Find(gomock.Any(), domain.RootUser).Return(nil, errDown)
		}, errDown},
		"when root cannot be stored": {func(h *harness) {
			h.users.EXPECT().Find(gomock.Any(), domain.RootUser).Return(nil, errNoUser)
			h.users.EXPECT().Add(gomock.Any(), gomock.Any()).Return(domain.UserID(0), errDown)
		}, errDown},
		"when the instance cannot be read": {func(h *harness) {
			h.hasRoot()
			h.instance.EXPECT().Find(gomock.Any()).Return(domain.Instance{}, errDown)
		}, errDown},
		"when root's token cannot be replaced": {func(h *harness) {
			h.hasRoot()
			h.instance.EXPECT().Find(gomock.Any()).Return(domain.Instance{RootToken: 21}, nil)
			h.tokens.EXPECT().Update(gomock.Any(), token21, gomock.Any()).Return(errDown)
		}, errDown},
		"when root's token cannot be stored": {func(h *harness) {
			needsRootToken(h)
			h.tokens.EXPECT().Add(gomock.Any(), gomock.Any()).Return(domain.PersonalAccessTokenID(0), errDown)
		}, errDown},
		"when root's token is somebody else's": {func(h *harness) {
			needsRootToken(h)
			h.tokens.EXPECT().Add(gomock.Any(), gomock.Any()).Return(domain.PersonalAccessTokenID(0), errSomeConflict)
			h.tokens.EXPECT().Authenticate(gomock.Any(), digestOf("glpat-given")).Return(aToken(), aUser(administrator), nil)
		}, errSomeConflict},
		"when it cannot be read whose token it is": {func(h *harness) {
			needsRootToken(h)
			h.tokens.EXPECT().Add(gomock.Any(), gomock.Any()).Return(domain.PersonalAccessTokenID(0), errSomeConflict)
			h.tokens.EXPECT().Authenticate(gomock.Any(), gomock.Any()).Return(nil, nil, errDown)
		}, errDown},
		"when it cannot be stored which token is root's": {func(h *harness) {
			needsRootToken(h)
			h.tokens.EXPECT().Add(gomock.Any(), gomock.Any()).Return(token21, nil)
			h.instance.EXPECT().Update(gomock.Any(), gomock.Any()).Return(errDown)
		}, errDown},
		"when a token cannot be taken back": {func(h *harness) {
			needsRootToken(h)
			h.tokens.EXPECT().Add(gomock.Any(), gomock.Any()).Return(token21, nil)
			h.instance.EXPECT().Update(gomock.Any(), gomock.Any()).DoAndReturn(changingInstance(&domain.Instance{RootToken: 20}))
			h.tokens.EXPECT().Update(gomock.Any(), token21, gomock.Any()).Return(errDown)
		}, errDown},
		"when the registration token cannot be stored": {func(h *harness) {
			needsRootToken(h)
			h.tokens.EXPECT().Add(gomock.Any(), gomock.Any()).Return(token21, nil)
			claim := h.instance.EXPECT().Update(gomock.Any(), gomock.Any()).DoAndReturn(changingInstance(&domain.Instance{}))
			h.instance.EXPECT().Update(gomock.Any(), gomock.Any()).Return(errDown).After(claim)
		}, errDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			test.before(h)
			generated, err := application.NewBootstrap(h.Ports).Ensure(t.Context(), given)
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, generated)
		})
	}
}
