package hostile

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
	"runyard/test/apitest"
	"runyard/test/fixture"
)

// Whoever reads the whole database finds digests, and no token to come in with:
// neither one that was planted nor one that the server made itself.
func TestNoTokenIsStored(t *testing.T) {
	t.Parallel()
	fixture.EachDatabase(t, func(t *testing.T, store fixture.Store) {
		w := newTown(t, store)
		tokens := append(plant(t, w), apitest.RegistrationToken)
		for _, request := range []struct{ path, body string }{
			{"runners", `{"token":"` + apitest.RegistrationToken + `"}`},
			{"user/runners", `{"runner_type":"instance_type"}`},
			{"runners/" + w.id(aRunner, 0) + "/reset_authentication_token", `{}`},
			{"users/" + w.id(aUser, 0) + "/personal_access_tokens", `{"name":"t","scopes":["api"]}`},
			{"runners/reset_registration_token", `{}`},
			{"projects/" + w.id(aProject, 0) + "/runners/reset_registration_token", `{}`},
			{"groups/" + w.id(aGroup, 0) + "/runners/reset_registration_token", `{}`},
		} {
			answer := w.Do("POST", request.path, apitest.As(w.Root), apitest.JSON(request.body))
			require.Equal(t, 201, answer.Status, "%s: %s", request.path, answer.Body)
			var made struct{ Token string }
			w.Into(answer, &made)
			require.NotEmpty(t, made.Token, request.path)
			tokens = append(tokens, made.Token)
		}
		b, err := openBooks(store.URL)
		require.NoError(t, err)
		defer func() { require.NoError(t, b.db.Close()) }()
		content, tables, err := b.everything(t.Context())
		require.NoError(t, err)
		digests := 0
		for _, token := range tokens {
			assert.NotContains(t, content, token)
			if strings.Contains(content, string(w.Vault.Digest(domain.Secret(token)))) {
				digests++
			}
		}
		assert.Greater(t, digests, len(tokens)/2, "their digests are there")
		t.Logf("%d tokens looked for in %d bytes of %d tables, and %d digests found", len(tokens), len(content), tables, digests)
	})
}

// everything is all that stands in the tables.
func (b *books) everything(ctx context.Context) (content string, tables int, err error) {
	query := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if b.postgres {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
	}
	names, err := texts(ctx, b.db, query)
	if err != nil {
		return "", 0, err
	}
	var all strings.Builder
	for _, name := range names {
		if err := b.write(ctx, &all, name); err != nil {
			return "", 0, fmt.Errorf("%s: %w", name, err)
		}
	}
	return all.String(), len(names), nil
}

// write writes all rows of a table.
func (b *books) write(ctx context.Context, to *strings.Builder, table string) error {
	rows, err := b.db.QueryContext(ctx, `SELECT * FROM "`+table+`"`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		for _, value := range values {
			if bytes, isBytes := value.([]byte); isBytes {
				value = string(bytes)
			}
			fmt.Fprintln(to, value)
		}
	}
	return rows.Err()
}
