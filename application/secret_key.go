package application

import (
	"context"

	"runyard/domain"
	"runyard/ports"
)

// keyCheck is what a key's vault digests in order to be recognised again.
const keyCheck = domain.Secret("runyard: the key that this database was made with")

// OpenVault makes the vault of this database: with the key given from outside
// or, if none is given, with one that is generated at the first start and kept
// in the database. A key other than the one that the database was made with is
// domain.ErrOtherSecretKey (service reference, section 2).
func OpenVault(ctx context.Context, instance ports.InstanceRepository, generator ports.TokenGenerator,
	given domain.Secret, newVault func(key domain.Secret) ports.TokenVault,
) (ports.TokenVault, error) {
	generated := generator.SecretKey() // used at the first start only
	var vault ports.TokenVault
	err := instance.Update(ctx, func(i *domain.Instance) error {
		key := given
		if key == "" {
			key = i.SecretKey
		}
		if key == "" && i.SecretKeyCheck == "" {
			key = generated
			i.SecretKey = key
		}
		if key == "" {
			return domain.ErrOtherSecretKey
		}
		vault = newVault(key)
		check := vault.Digest(keyCheck)
		if i.SecretKeyCheck == "" {
			i.SecretKeyCheck = check
		}
		if !i.SecretKeyCheck.Equals(check) {
			return domain.ErrOtherSecretKey
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return vault, nil
}
