package domain_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
)

func TestErrorIs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err, target error
		want        bool
	}{
		"the same kind and reason":        {domain.Forbidden("no"), domain.Forbidden("no"), true},
		"a wrapped refusal":               {fmt.Errorf("assign: %w", domain.ErrLastProject), domain.ErrLastProject, true},
		"another reason":                  {domain.Forbidden("no"), domain.Forbidden("never"), false},
		"another kind":                    {domain.Forbidden("Runner"), domain.NotFound("Runner"), false},
		"the same violations":             {domain.Invalid("name", "is odd"), domain.Invalid("name", "is odd"), true},
		"other violations":                {domain.Invalid("name", "is odd"), domain.Invalid("path", "is odd"), false},
		"something that is no refusal":    {domain.Conflict("taken"), errors.New("taken"), false},
		"a refusal is no other error":     {errors.New("odd"), domain.BadRequest("odd"), false},
		"a conflict is no wrong value":    {domain.Conflict("taken"), domain.BadRequest("taken"), false},
		"nothing at all is no refusal":    {nil, domain.Forbidden(""), false},
		"a refusal is not nothing at all": {domain.Forbidden(""), nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, errors.Is(test.err, test.target))
		})
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	assert.EqualError(t, domain.Forbidden("Runner is locked"), "Runner is locked")
	assert.EqualError(t, broken("name", "can't be blank", "path", "is odd"), "name can't be blank, path is odd")
	assert.Empty(t, domain.Forbidden("").Error())
}

func TestConstructorsSetTheKind(t *testing.T) {
	t.Parallel()
	assert.Equal(t, &domain.Error{Kind: domain.KindForbidden, Reason: "r"}, domain.Forbidden("r"))
	assert.Equal(t, &domain.Error{Kind: domain.KindNotFound, Reason: "r"}, domain.NotFound("r"))
	assert.Equal(t, &domain.Error{Kind: domain.KindConflict, Reason: "r"}, domain.Conflict("r"))
	assert.Equal(t, &domain.Error{Kind: domain.KindBadRequest, Reason: "r"}, domain.BadRequest("r"))
	assert.Equal(t, broken("a", "t"), error(domain.Invalid("a", "t")))
	assert.NotZero(t, domain.KindInvalid, "the zero kind is a bug")
}

func TestIsNotFound(t *testing.T) {
	t.Parallel()
	assert.True(t, domain.IsNotFound(domain.NotFound("")))
	assert.True(t, domain.IsNotFound(fmt.Errorf("find: %w", domain.NotFound("Runner"))))
	assert.False(t, domain.IsNotFound(domain.Forbidden("")))
	assert.False(t, domain.IsNotFound(errors.New("not found")))
	assert.False(t, domain.IsNotFound(nil))
}

func TestIsConflict(t *testing.T) {
	t.Parallel()
	assert.True(t, domain.IsConflict(fmt.Errorf("add: %w", domain.Conflict("taken"))))
	assert.False(t, domain.IsConflict(domain.NotFound("")))
	assert.False(t, domain.IsConflict(nil))
}

func TestIsForbidden(t *testing.T) {
	t.Parallel()
	assert.True(t, domain.IsForbidden(fmt.Errorf("add: %w", domain.Forbidden("no"))))
	assert.False(t, domain.IsForbidden(domain.NotFound("")))
	assert.False(t, domain.IsForbidden(nil))
}
