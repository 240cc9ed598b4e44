package sqlstore_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/ports"
	"runyard/test/fixture"
)

// What is asked on every request, or by every agent every few seconds, has to
// stay as cheap as it is.
func TestStatementsOfHotPaths(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		w := fixture.NewWorld(t, store)
		group := w.AddGroup(0)
		project := w.AddProject(group)
		runner := w.AddProjectRunner(project)
		digest := w.Runner(runner).State().Token
		token := fixture.PersonalAccessToken(w.Founder())
		_, err := store.Tokens.Add(t.Context(), token)
		require.NoError(t, err)
		ctx, at := t.Context(), time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
		page, founder := ports.Page{Number: 1, Size: 20}, w.Founder()

		for name, run := range map[string]func() error{
			"authenticate": func() error {
				_, _, err := store.Tokens.Authenticate(ctx, token.State().Digest)
				return err
			},
			"find a runner by its token": func() error {
				_, err := store.Runners.FindByToken(ctx, digest)
				return err
			},
			"level on a project": func() error {
				_, err := store.Access.OnProject(ctx, founder, project, at)
				return err
			},
			"level on a runner": func() error {
				_, err := store.Access.OnRunner(ctx, founder, runner, at)
				return err
			},
			"a page that is not full needs no count": func() error {
				_, _, err := store.Runners.List(ctx, ports.RunnerSource{OwnedBy: founder, At: at}, domain.RunnerFilter{}, page)
				return err
			},
			"jobs with all that is beside them": func() error {
				_, _, err := store.Jobs.List(ctx, ports.JobQuery{Runner: runner}, page)
				return err
			},
		} {
			t.Run(name, func(t *testing.T) {
				assert.Equal(t, 1, store.CountStatements(func() { require.NoError(t, run()) }))
			})
		}

		contact := func() {
			require.NoError(t, store.Runners.RecordContact(ctx, runner, domain.RunnerContact{At: at, IPAddress: "192.0.2.1"}))
		}
		// Begin, the runner, what it said, what its machine said, commit.
		const statementsOfContact = 5
		assert.Equal(t, statementsOfContact, store.CountStatements(contact), "of a machine that is new")
		assert.Equal(t, statementsOfContact, store.CountStatements(contact))

		assert.Zero(t, store.CountStatements(func() {
			_, _, err := store.Runners.List(ctx, ports.RunnerSource{}, domain.RunnerFilter{Nothing: true}, page)
			require.NoError(t, err)
		}), "a filter that selects nothing")
	})
}
