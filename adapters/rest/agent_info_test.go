package rest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/adapters/rest/params"
)

// told is what an agent says with that body.
func told(t *testing.T, mediaType, body string) params.Values {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
	request.Header.Set("Content-Type", mediaType)
	raw, err := params.Reader{MaxBody: maxBody}.Read(request, nil)
	require.NoError(t, err)
	values, err := params.NewSchema(params.Hash("info")).Parse(raw)
	require.NoError(t, err)
	return values
}

func TestWhatAgentsTellIsTheSameHoweverOftenAndInWhateverForm(t *testing.T) {
	t.Parallel()
	infos := newAgentInfos()
	for range 2 {
		for body, mediaType := range map[string]string{
			`{"info":{"version":"17.1","platform":" ","features":{"cancel_gracefully":true}}}`: mediaJSON,
			"info[version]=17.1": "application/x-www-form-urlencoded",
		} {
			info := infos.infoOf(told(t, mediaType, body))
			require.NotNil(t, info.metadata.Version, body)
			assert.Equal(t, "17.1", *info.metadata.Version)
			assert.Nil(t, info.metadata.Platform)
			assert.Nil(t, info.metadata.Revision)
			assert.Equal(t, mediaType == mediaJSON, info.cancelsGracefully)
		}
	}
	assert.Len(t, infos.known, 1)
}

func TestWhatAgentsTellIsRememberedWithinBounds(t *testing.T) {
	t.Parallel()
	infos := newAgentInfos()
	for i := range maxAgentInfos + 1 {
		version := fmt.Sprint(i)
		info := infos.infoOf(told(t, mediaJSON, `{"info":{"version":"`+version+`"}}`))
		require.Equal(t, version, *info.metadata.Version)
		require.LessOrEqual(t, len(infos.known), maxAgentInfos)
	}
	before := len(infos.known)
	infos.infoOf(told(t, mediaJSON, `{"info":{"version":"`+strings.Repeat("x", maxAgentInfo)+`"}}`))
	assert.Len(t, infos.known, before)
}
