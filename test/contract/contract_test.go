package contract_test

import (
	"testing"

	"runyard/adapters/system"
	"runyard/domain"
	"runyard/ports"
	"runyard/test/contract"
	"runyard/test/fixture"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	contract.Storage(t, fixture.SQLite)
}

func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	contract.Storage(t, fixture.PostgreSQL)
}

func TestSystem(t *testing.T) {
	t.Parallel()
	contract.Clock(t, system.Clock{})
	contract.TokenGenerator(t, system.Tokens{})
	contract.TokenVault(t, func(key domain.Secret) ports.TokenVault { return system.NewVault(key) })
}

func TestFixedClock(t *testing.T) {
	t.Parallel()
	contract.Clock(t, fixture.NewClock())
}
