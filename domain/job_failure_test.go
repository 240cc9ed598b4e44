package domain_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
)

func TestParseFailureReason(t *testing.T) {
	t.Parallel()
	for _, reason := range domain.AgentFailureReasons() {
		assert.Equal(t, reason, domain.ParseFailureReason(string(reason)))
	}
	assert.Equal(t, domain.UnknownFailure, domain.ParseFailureReason("asteroid"))
	assert.Equal(t, domain.UnknownFailure, domain.ParseFailureReason(""))
	assert.Equal(t, domain.UnknownFailure, domain.ParseFailureReason("missing_dependency_failure"), "that is for us to find out")
}
