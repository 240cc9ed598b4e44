package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"runyard/domain"
	"runyard/ports"
)

// instanceRow is the instance in its table of one row, which the migration made.
type instanceRow struct {
	bun.BaseModel `bun:"table:instance,alias:i"`

	ID                int64                        `bun:"id,pk"`
	RegistrationToken domain.Digest                `bun:"registration_token"`
	RootToken         domain.PersonalAccessTokenID `bun:"root_token_id"`
	SecretKey         string                       `bun:"secret_key"`
	SecretKeyCheck    domain.Digest                `bun:"secret_key_check"`
}

// theInstance is the id of the only row.
const theInstance int64 = 1

func instanceRowOf(i domain.Instance) *instanceRow {
	return &instanceRow{
		ID: theInstance, RegistrationToken: i.RegistrationToken, RootToken: i.RootToken,
		SecretKey: i.SecretKey.Reveal(), SecretKeyCheck: i.SecretKeyCheck,
	}
}

func (row *instanceRow) instance() domain.Instance {
	return domain.Instance{
		RegistrationToken: row.RegistrationToken, RootToken: row.RootToken,
		SecretKey: domain.Secret(row.SecretKey), SecretKeyCheck: row.SecretKeyCheck,
	}
}

// Instance keeps what belongs to the installation as a whole.
type Instance struct{ db *DB }

var _ ports.InstanceRepository = (*Instance)(nil)

// NewInstance keeps it in that database.
func NewInstance(db *DB) *Instance { return &Instance{db: db} }

// Find implements ports.InstanceRepository.
func (s *Instance) Find(ctx context.Context) (domain.Instance, error) {
	return findInstance(ctx, s.db.bun)
}

func findInstance(ctx context.Context, db bun.IDB) (domain.Instance, error) {
	row := new(instanceRow)
	err := db.NewSelect().Model(row).Where("i.id = ?", theInstance).Scan(ctx)
	return row.instance(), err
}

// Update implements ports.InstanceRepository.
func (s *Instance) Update(ctx context.Context, change func(i *domain.Instance) error) error {
	return s.db.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := lockRow(ctx, tx, "instance", theInstance, forChange); err != nil {
			return err
		}
		before, err := findInstance(ctx, tx)
		if err != nil {
			return err
		}
		after := before
		if err := change(&after); err != nil {
			return err
		}
		if after == before {
			return nil
		}
		_, err = tx.NewUpdate().Model(instanceRowOf(after)).WherePK().Exec(ctx)
		return err
	})
}
