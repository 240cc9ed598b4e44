package params_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/rest/params"
)

func TestReadURLLeavesTheBodyToTheHandler(t *testing.T) {
	t.Parallel()
	body := strings.NewReader("token=of-the-body")
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/jobs/7/artifacts?expire_in=1+week&id=8", body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	raw, err := params.Reader{MaxBody: 1}.ReadURL(r, map[string]string{"id": "7"})
	require.NoError(t, err)
	assert.Equal(t, params.Raw{"expire_in": "1 week", "id": "7"}, raw)
	assert.Equal(t, len("token=of-the-body"), body.Len(), "nothing was read")
}

func TestReadURLRefusesWhatReadRefuses(t *testing.T) {
	t.Parallel()
	for target, status := range map[string]int{
		"/?name=%ff": http.StatusBadRequest, "/?format=xml": http.StatusNotAcceptable,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, target, http.NoBody)
		_, err := params.Reader{}.ReadURL(r, nil)
		var refused *params.WireError
		require.ErrorAs(t, err, &refused, target)
		assert.Equal(t, status, refused.Status, target)
	}
}

func TestReadBodyReadsUpToTheLimit(t *testing.T) {
	t.Parallel()
	body, err := params.ReadBody(strings.NewReader("four"), 4)
	require.NoError(t, err)
	assert.Equal(t, "four", string(body))
	var refused *params.WireError
	_, err = params.ReadBody(strings.NewReader("fives"), 4)
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, http.StatusRequestEntityTooLarge, refused.Status)
	_, err = params.ReadBody(iotest.ErrReader(errors.New("the client hung up")), 4)
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, http.StatusBadRequest, refused.Status)
}
