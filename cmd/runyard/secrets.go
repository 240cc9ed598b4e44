package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"runyard/domain"
)

const (
	rootTokenVariable         = "RUNYARD_ROOT_TOKEN"
	registrationTokenVariable = "RUNYARD_REGISTRATION_TOKEN"
	secretKeyVariable         = "RUNYARD_SECRET_KEY"
	s3AccessKeyVariable       = "RUNYARD_S3_ACCESS_KEY"
	s3SecretKeyVariable       = "RUNYARD_S3_SECRET_KEY"

	fileSuffix       = "_FILE"
	leastSecretBytes = 32
)

// secretSettings are the settings without a flag, which would show in process
// lists, in the order of the help text.
func secretSettings() []struct{ name, help string } {
	return []struct{ name, help string }{
		{rootTokenVariable, "Personal access token of the administrator root. Default: generated on the first start, printed once."},
		{registrationTokenVariable, "Registration token of the instance. Default: generated on the first start, printed once."},
		{secretKeyVariable, "Keys every stored digest; 32 bytes or more. Default: generated on the first start, kept in the database."},
		{s3AccessKeyVariable, "Access key of an S3 storage. Default: AWS_* variables, ~/.aws/credentials or the role of the instance."},
		{s3SecretKeyVariable, "Secret key that belongs to it."},
	}
}

func printSecretSettings(w io.Writer) error {
	if _, err := fmt.Fprint(w, "\nSecrets (environment only; instead of the value, NAME_FILE may name a file that holds it):\n"); err != nil {
		return err
	}
	for _, secret := range secretSettings() {
		_, err := fmt.Fprintf(w, "  %s, %s%s\n      %s\n", secret.name, secret.name, fileSuffix, secret.help)
		if err != nil {
			return err
		}
	}
	return nil
}

// readSecrets returns settings in which only the secrets are filled in.
func readSecrets(values map[string]string) (Settings, error) {
	var settings Settings
	for _, secret := range []struct {
		name   string
		check  func(name string, value domain.Secret) error
		target *domain.Secret
	}{
		{rootTokenVariable, checkToken, &settings.RootToken},
		{registrationTokenVariable, checkToken, &settings.RegistrationToken},
		{secretKeyVariable, checkSecretKey, &settings.SecretKey},
		{s3AccessKeyVariable, checkToken, &settings.S3AccessKey},
		{s3SecretKeyVariable, checkToken, &settings.S3SecretKey},
	} {
		value, err := readSecret(values, secret.name)
		if err != nil {
			return Settings{}, err
		}
		if err := secret.check(secret.name, value); err != nil {
			return Settings{}, err
		}
		*secret.target = value
	}
	if (settings.S3AccessKey == "") != (settings.S3SecretKey == "") {
		return Settings{}, usageErrorf("%s and %s belong together: set both or none", s3AccessKeyVariable, s3SecretKeyVariable)
	}
	return settings, nil
}

// readSecret takes a secret from its variable or from the file that the _FILE
// form names. The line break that editors and echo leave at the end of a file is
// no part of the secret.
func readSecret(values map[string]string, name string) (domain.Secret, error) {
	value, file := values[name], values[name+fileSuffix]
	switch {
	case value != "" && file != "":
		return "", usageErrorf("%s and %s are both set: keep one of them", name, name+fileSuffix)
	case file == "":
		return domain.Secret(value), nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return "", usageErrorf("%s names a file that cannot be read: %v", name+fileSuffix, err)
	}
	secret := strings.TrimRight(string(content), "\r\n")
	if secret == "" {
		return "", usageErrorf("%s names the file %q, which is empty: write the secret into it", name+fileSuffix, file)
	}
	return domain.Secret(secret), nil
}

// checkToken refuses a token that no client could send: in a header, blanks and
// control characters end or break it.
func checkToken(name string, token domain.Secret) error {
	for _, r := range string(token) {
		if r <= ' ' || r >= 0x7f {
			return usageErrorf("%s holds a blank, a line break or a character outside ASCII: use letters, digits, - and _", name)
		}
	}
	return nil
}

func checkSecretKey(name string, key domain.Secret) error {
	if n := len(key); n > 0 && n < leastSecretBytes {
		return usageErrorf("%s has %d bytes: it needs %d or more, for example the output of `openssl rand -hex 32`", name, n, leastSecretBytes)
	}
	return nil
}
