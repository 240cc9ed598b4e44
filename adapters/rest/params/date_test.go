package params

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestADateIsTheBeginningOfItsDay(t *testing.T) {
	t.Parallel()
	schema := NewSchema(Date("expires_at"))
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, spelling := range []string{"2026-03-01", "2026-03-01T12:00:00Z", "2026-03-01 12:00"} {
		values, err := schema.Parse(Raw{"expires_at": spelling})
		require.NoError(t, err, spelling)
		assert.Equal(t, &day, values.Date("expires_at"), spelling)
		assert.Equal(t, "expires_at=2026-03-01", values.Query().Encode(), spelling)
	}
	for _, nothing := range []any{nil, ""} {
		values, err := schema.Parse(Raw{"expires_at": nothing})
		require.NoError(t, err)
		assert.True(t, values.Has("expires_at"))
		assert.Nil(t, values.Date("expires_at"))
	}
	for _, wrong := range []any{"tomorrow", "2026-13-01", "2026-03-011", "0000-12-31", "0001-01-01", true, []any{"2026-03-01"}} {
		_, err := schema.Parse(Raw{"expires_at": wrong})
		assert.ErrorContains(t, err, "expires_at is invalid", wrong)
	}
}

func TestAListMayBeBoundToSomeValues(t *testing.T) {
	t.Parallel()
	schema := NewSchema(List("scope").Among("running", "success"))
	values, err := schema.Parse(Raw{"scope": []any{"running", "success"}})
	require.NoError(t, err)
	assert.Equal(t, []string{"running", "success"}, values.List("scope"))
	_, err = schema.Parse(Raw{"scope": "running,bogus"})
	assert.ErrorContains(t, err, "scope does not have a valid value")
}
