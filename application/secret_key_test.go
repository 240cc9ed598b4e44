package application_test

import (
	"testing"

	"github.com/golang/mock/gomock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

// checkOf is what recognises a key again.
func checkOf(key domain.Secret) domain.Digest {
	return digestOf("runyard: the key that this database was made with") + domain.Digest(key)
}

func TestOpenVault(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		given  domain.Secret
		before domain.Instance
		after  domain.Instance
		key    domain.Secret // of the vault
	}{
		"the first start generates a key and keeps it": {
			"",
			domain.Instance{},
			domain.Instance{SecretKey: "generated", SecretKeyCheck: checkOf("generated")},
			"generated",
		},
		"later starts use the key that was kept": {
			"",
			domain.Instance{SecretKey: "kept", SecretKeyCheck: checkOf("kept")},
			domain.Instance{SecretKey: "kept", SecretKeyCheck: checkOf("kept")},
			"kept",
		},
		"a key that is given at the first start is not kept, only recognised again": {
			"given",
			domain.Instance{},
			domain.Instance{SecretKeyCheck: checkOf("given")},
			"given",
		},
		"the same key may be given at every start": {
			"given",
			domain.Instance{SecretKeyCheck: checkOf("given")},
			domain.Instance{SecretKeyCheck: checkOf("given")},
			"given",
		},
		"the key that was kept may be given, too": {
			"kept",
			domain.Instance{SecretKey: "kept", SecretKeyCheck: checkOf("kept")},
			domain.Instance{SecretKey: "kept", SecretKeyCheck: checkOf("kept")},
			"kept",
		},
		"what else belongs to the instance stays": {
			"",
			domain.Instance{RegistrationToken: "a digest", RootToken: 21},
			domain.Instance{
				RegistrationToken: "a digest", RootToken: 21,
				SecretKey: "generated", SecretKeyCheck: checkOf("generated"),
			},
			"generated",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			// Once, however often the change is run: it touches no port.
			h.generator.EXPECT().SecretKey().Return(domain.Secret("generated")).MaxTimes(1)
			instance := test.before
			h.instance.EXPECT().Update(gomock.Any(), gomock.Any()).DoAndReturn(changingInstance(&instance))
			vault, err := openVault(t, h, test.given)
			require.NoError(t, err)
			assert.True(t, test.after == instance, "the instance is as it should be")
			assert.True(t, vault.Digest("token") == digestOf("token")+domain.Digest(test.key), "the vault has the key")
		})
	}
}

func openVault(t *testing.T, h *harness, given domain.Secret) (ports.TokenVault, error) {
	t.Helper()
	ctrl := gomock.NewController(t)
	return application.OpenVault(t.Context(), h.instance, h.generator, given, func(key domain.Secret) ports.TokenVault {
		return newVault(ctrl, key)
	})
}

func TestOpenVaultRefusesAnotherKey(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		given  domain.Secret
		before domain.Instance
	}{
		"than the one that was given":           {"other", domain.Instance{SecretKeyCheck: checkOf("given")}},
		"than the one that was kept":            {"other", domain.Instance{SecretKey: "kept", SecretKeyCheck: checkOf("kept")}},
		"or none where one was given until now": {"", domain.Instance{SecretKeyCheck: checkOf("given")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.generator.EXPECT().SecretKey().Return(domain.Secret("generated")).MaxTimes(1)
			instance := test.before
			h.instance.EXPECT().Update(gomock.Any(), gomock.Any()).DoAndReturn(changingInstance(&instance))
			vault, err := openVault(t, h, test.given)
			require.ErrorIs(t, err, domain.ErrOtherSecretKey)
			assert.Nil(t, vault)
			assert.True(t, test.before == instance, "the instance is as it was")
		})
	}
}

func TestOpenVaultPassesOnWhatFails(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.generator.EXPECT().SecretKey().Return(domain.Secret("generated")).MaxTimes(1)
	h.instance.EXPECT().Update(gomock.Any(), gomock.Any()).DoAndReturn(
		func(_ any, change func(*domain.Instance) error) error {
			require.NoError(t, change(&domain.Instance{}))
			return errDown
		})
	vault, err := openVault(t, h, "")
	require.ErrorIs(t, err, errDown)
	assert.Nil(t, vault, "a key that was not kept is lost")
}
