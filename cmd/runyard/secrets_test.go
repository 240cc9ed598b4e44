package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSecretsComeFromTheEnvironmentOrFromFiles(t *testing.T) {
	t.Parallel()
	direct, err := settingsOf(nil, []string{
		"RUNYARD_ROOT_TOKEN=root", "RUNYARD_REGISTRATION_TOKEN=registration", "RUNYARD_SECRET_KEY=" + thirtyTwoBytes,
		"RUNYARD_S3_ACCESS_KEY=AKIA", "RUNYARD_S3_SECRET_KEY=a/b+c",
	})
	require.NoError(t, err)
	fromFiles, err := settingsOf(nil, []string{
		"RUNYARD_ROOT_TOKEN_FILE=" + secretFile(t, "root\n"),
		"RUNYARD_REGISTRATION_TOKEN_FILE=" + secretFile(t, "registration\r\n"),
		"RUNYARD_SECRET_KEY_FILE=" + secretFile(t, thirtyTwoBytes),
		"RUNYARD_S3_ACCESS_KEY_FILE=" + secretFile(t, "AKIA\n"),
		"RUNYARD_S3_SECRET_KEY_FILE=" + secretFile(t, "a/b+c\n"),
	})
	require.NoError(t, err)
	assert.Equal(t, direct, fromFiles)
	assert.Equal(t, "root", string(direct.RootToken))
	assert.Equal(t, "registration", string(direct.RegistrationToken))
	assert.Equal(t, thirtyTwoBytes, string(direct.SecretKey))
	assert.Equal(t, "AKIA", string(direct.S3AccessKey))
	assert.Equal(t, "a/b+c", string(direct.S3SecretKey))
}

func TestMalformedSecretsAreRefusedWithoutShowingThem(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing")
	for name, test := range map[string]struct {
		flag    string
		environ []string
		names   string
	}{
		"a key of 31 bytes":            {environ: []string{"RUNYARD_SECRET_KEY=hush-hush" + thirtyTwoBytes[:22]}, names: "RUNYARD_SECRET_KEY"},
		"a short key in a file":        {environ: []string{"RUNYARD_SECRET_KEY_FILE=" + secretFile(t, "hush-hush\n")}, names: "RUNYARD_SECRET_KEY"},
		"both forms":                   {environ: []string{"RUNYARD_ROOT_TOKEN=hush-hush", "RUNYARD_ROOT_TOKEN_FILE=" + missing}, names: "RUNYARD_ROOT_TOKEN_FILE"},
		"a missing file":               {environ: []string{"RUNYARD_REGISTRATION_TOKEN_FILE=" + missing}, names: missing},
		"an empty file":                {environ: []string{"RUNYARD_ROOT_TOKEN_FILE=" + secretFile(t, "\n")}, names: "RUNYARD_ROOT_TOKEN_FILE"},
		"a blank in a token":           {environ: []string{"RUNYARD_ROOT_TOKEN=hush-hush now"}, names: "RUNYARD_ROOT_TOKEN"},
		"two lines in the token file":  {environ: []string{"RUNYARD_REGISTRATION_TOKEN_FILE=" + secretFile(t, "hush-hush\nsecond\n")}, names: "RUNYARD_REGISTRATION_TOKEN"},
		"a letter outside ASCII":       {environ: []string{"RUNYARD_ROOT_TOKEN=hush-hush-ü"}, names: "RUNYARD_ROOT_TOKEN"},
		"a secret given with a flag":   {flag: "--root-token=hush-hush"},
		"a password in a bad URL":      {flag: "--database-url=postgres://u:hush-hush@h:port/db"},
		"a password with a slash":      {flag: "--database-url=postgres://u:hush-hush/x@h/db"},
		"a password and no host":       {flag: "--database-url=postgres://u:hush-hush"},
		"a password as parameter":      {flag: "--database-url=postgres://h:port/db?user=u&password=hush-hush"},
		"a password in another scheme": {flag: "--database-url=mysql://u:hush-hush@h/db"},
		"a password without scheme":    {flag: "--database-url=u:hush-hush@h/db"},
		"a password of libpq's words":  {flag: "--database-url=host=h password=hush-hush"},
		"a password in the wrong flag": {flag: "--external-url=postgres://u:hush-hush@h/db"},
		"a password in the site's URL": {flag: "--external-url=https://u:hush-hush@h"},
		"an S3 key without its secret": {environ: []string{"RUNYARD_S3_ACCESS_KEY=hush-hush"}, names: "RUNYARD_S3_SECRET_KEY"},
		"an S3 secret without its key": {environ: []string{"RUNYARD_S3_SECRET_KEY=hush-hush"}, names: "RUNYARD_S3_ACCESS_KEY"},
		"a blank in an S3 secret":      {environ: []string{"RUNYARD_S3_ACCESS_KEY=key", "RUNYARD_S3_SECRET_KEY=hush-hush now"}, names: "RUNYARD_S3_SECRET_KEY"},
		"a secret in the storage":      {flag: "--storage=s3://key:hush-hush@h/bucket", names: "--storage"},
		"a secret in the query":        {flag: "--storage=s3://h/bucket?secret=hush-hush", names: "--storage"},
		"a password in an argument":    {flag: "postgres://u:hush-hush@h/db"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var flags []string
			if test.flag != "" {
				flags = append(flags, test.flag)
			}
			_, err := settingsOf(flags, test.environ)
			requireUsageError(t, err, test.names)
			assert.NotContains(t, err.Error(), "hush-hush")
		})
	}
}

func TestTheRedactedDatabaseURLKeepsAllButThePassword(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"sqlite:runyard.db":                           "sqlite:runyard.db",
		"sqlite::memory:":                             "sqlite::memory:",
		"postgres://h:5432/db":                        "postgres://h:5432/db",
		"postgres://u@h/db":                           "postgres://u@h/db",
		"postgres://u:hush@a:1,b:2/db?sslmode=prefer": "postgres://u:xxxxx@a:1,b:2/db?sslmode=prefer",
		"postgres://h/db?password=hush&user=u":        "postgres://h/db?password=xxxxx&user=u",
		"postgres://h/db?sslpassword=hush":            "postgres://h/db?sslpassword=xxxxx",
	} {
		assert.Equal(t, want, Settings{DatabaseURL: url}.RedactedDatabaseURL())
	}
}
