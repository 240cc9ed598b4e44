package application_test

import (
	"testing"
	"time"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
)

const registrationToken domain.Secret = "registration-token"

// knowsToken says for what the registration token stands: the instance, a
// project, a group, or nothing. Later ones are not asked for.
func (h *harness) knowsToken(of string) {
	digest := digestOf(registrationToken)
	instance := domain.Instance{RegistrationToken: "digest of another token"}
	if of == "instance" {
		instance.RegistrationToken = digest
	}
	find := h.instance.EXPECT().Find(gomock.Any()).Return(instance, nil)
	if of == "instance" {
		return
	}
	ofProject := h.projects.EXPECT().FindByToken(gomock.Any(), digest).After(find)
	if of == "project" {
		ofProject.Return(aProject(), nil)
		return
	}
	ofProject.Return(nil, errNoProject)
	ofGroup := h.groups.EXPECT().FindByToken(gomock.Any(), digest).After(ofProject)
	if of == "group" {
		ofGroup.Return(aGroup(), nil)
		return
	}
	ofGroup.Return(nil, errNoGroup)
}

func TestRegisterRunnerWhereTheTokenBelongs(t *testing.T) {
	t.Parallel()
	for of, want := range map[string]domain.RunnerScope{
		"instance": {Type: domain.InstanceRunner},
		"project":  {Type: domain.ProjectRunner, Project: 4},
		"group":    {Type: domain.GroupRunner, Group: 3},
	} {
		t.Run(of, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.knowsToken(of)
			h.generator.EXPECT().RunnerToken().Return(domain.Secret("new-token"))
			var added domain.RunnerState
			h.runners.EXPECT().Add(gomock.Any(), gomock.Any(), want.Project).DoAndReturn(
				func(_ any, r *domain.Runner, _ domain.ProjectID) (domain.RunnerID, error) {
					added = r.State()
					return 8, nil
				})
			registered, err := application.NewRunners(h.Ports).Register(t.Context(), application.RegisterRunner{
				RegistrationToken: registrationToken,
				Registration: domain.RunnerRegistration{
					Token: "chosen by the caller", Description: new("fast"), Tags: domain.Tags{"go"}, IPAddress: "192.0.2.1",
				},
			})
			require.NoError(t, err)
			assert.Equal(t, application.RegisteredRunner{ID: 8, Token: "new-token"}, registered, "the only sight of the token")
			assert.Equal(t, want.Type, added.Type)
			assert.Equal(t, want.Group, added.Group)
			assert.Equal(t, digestOf("new-token"), added.Token, "what is stored is the digest of the new token")
			assert.Equal(t, new("fast"), added.Description)
			assert.Equal(t, domain.Tags{"go"}, added.Tags)
			assert.Equal(t, new("192.0.2.1"), added.IPAddress)
			assert.Equal(t, noon, added.CreatedAt)
			assert.Zero(t, added.ContactedAt, "registering is no contact")
		})
	}
}

func TestRegisterRunnerRefusals(t *testing.T) {
	t.Parallel()
	wrong := domain.RunnerRegistration{MaximumTimeout: new(int64(599))}
	for name, test := range map[string]struct {
		token        domain.Secret
		registration domain.RunnerRegistration
		before       func(h *harness)
		want         error
	}{
		"an empty token is refused and looked up nowhere": {"", domain.RunnerRegistration{}, nil, errForbidden},
		"an unknown token is refused": {registrationToken, domain.RunnerRegistration{}, func(h *harness) {
			h.knowsToken("nothing")
		}, errForbidden},
		"an unknown token is refused before the values are looked at": {registrationToken, wrong, func(h *harness) {
			h.knowsToken("nothing")
		}, errForbidden},
		"wrong values make no runner": {registrationToken, wrong, func(h *harness) {
			h.knowsToken("instance")
			h.generator.EXPECT().RunnerToken().Return(domain.Secret("new-token"))
		}, domain.Invalid("maximum_timeout", "needs to be at least 10 minutes")},
		"the instance cannot be read": {registrationToken, domain.RunnerRegistration{}, func(h *harness) {
			h.instance.EXPECT().Find(gomock.Any()).Return(domain.Instance{RegistrationToken: digestOf(registrationToken)}, errDown)
		}, errDown},
		"projects cannot be read, and groups are not asked": {registrationToken, domain.RunnerRegistration{}, func(h *harness) {
			h.instance.EXPECT().Find(gomock.Any()).Return(domain.Instance{}, nil)
			h.projects.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(nil, errDown)
		}, errDown},
		"groups cannot be read": {registrationToken, domain.RunnerRegistration{}, func(h *harness) {
			h.instance.EXPECT().Find(gomock.Any()).Return(domain.Instance{}, nil)
			h.projects.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(nil, errNoProject)
			h.groups.EXPECT().FindByToken(gomock.Any(), gomock.Any()).Return(nil, errDown)
		}, errDown},
		"the runner cannot be stored, and its token is not told": {registrationToken, domain.RunnerRegistration{}, func(h *harness) {
			h.knowsToken("instance")
			h.generator.EXPECT().RunnerToken().Return(domain.Secret("new-token"))
			h.runners.EXPECT().Add(gomock.Any(), gomock.Any(), gomock.Any()).Return(domain.RunnerID(0), errDown)
		}, errDown},
		"a project that is deleted meanwhile makes its token unknown": {registrationToken, domain.RunnerRegistration{}, func(h *harness) {
			h.knowsToken("project")
			h.generator.EXPECT().RunnerToken().Return(domain.Secret("new-token"))
			h.runners.EXPECT().Add(gomock.Any(), gomock.Any(), gomock.Any()).Return(domain.RunnerID(0), errNoProject)
		}, errForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			if test.before != nil {
				test.before(h)
			}
			registered, err := application.NewRunners(h.Ports).Register(t.Context(), application.RegisterRunner{
				RegistrationToken: test.token, Registration: test.registration,
			})
			require.ErrorIs(t, err, test.want)
			assert.Zero(t, registered)
		})
	}
}

func TestRegisterRunnerWhereTokensExpire(t *testing.T) {
	t.Parallel()
	for of, scope := range map[string]domain.RunnerScope{"instance": inInstance, "project": inProject4, "group": inGroup3} {
		t.Run(of, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.Policy.TokenLifetime = 2 * time.Hour
			h.tokensLive = map[domain.RunnerScope]time.Duration{inProject4: time.Hour, inGroup3: 3 * time.Hour}
			h.knowsToken(of)
			h.generator.EXPECT().RunnerToken().Return(domain.Secret("new-token"))
			added := h.addsRunner(scope.Project)
			registered, err := application.NewRunners(h.Ports).Register(t.Context(), application.RegisterRunner{
				RegistrationToken: registrationToken, Registration: domain.RunnerRegistration{MadeByUser: true},
			})
			require.NoError(t, err)
			want := noon.Add(2 * time.Hour)
			if of == "project" {
				want = noon.Add(time.Hour)
			}
			assert.Equal(t, want, registered.TokenExpiresAt, "the shorter one counts")
			assert.Equal(t, want, added.TokenExpiresAt)
			assert.False(t, added.MadeByUser, "whatever the caller says")
		})
	}
}
