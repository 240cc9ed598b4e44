package domain_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"runyard/domain"
)

const (
	tagsMissing = "can not be empty when runner is not allowed to pick untagged jobs"
	tooManyTags = "Too many tags specified. Please limit the number of tags to 50"
)

// numbered makes that many different tags.
func numbered(count int) domain.Tags {
	tags := domain.Tags{}
	for i := range count {
		tags = append(tags, "t"+strconv.Itoa(i))
	}
	return tags
}

// The same rules hold when a runner registers and when it is changed.
func TestRulesOfARunner(t *testing.T) {
	t.Parallel()
	tooLong := func(characters string) string { return "is too long (maximum is " + characters + " characters)" }
	for name, test := range map[string]struct {
		registration domain.RunnerRegistration
		change       domain.RunnerChange
		want         error
	}{
		"no tags and run_untagged false is refused": {
			domain.RunnerRegistration{RunUntagged: new(false)},
			domain.RunnerChange{RunUntagged: domain.Set(false)},
			broken("tags_list", tagsMissing),
		},
		"blank tags are no tags": {
			domain.RunnerRegistration{RunUntagged: new(false), Tags: domain.Tags{" "}},
			domain.RunnerChange{RunUntagged: domain.Set(false), Tags: domain.Set(domain.Tags{" "})},
			broken("tags_list", tagsMissing),
		},
		"a tag and run_untagged false together are fine": {
			domain.RunnerRegistration{RunUntagged: new(false), Tags: domain.Tags{"a"}},
			domain.RunnerChange{RunUntagged: domain.Set(false), Tags: domain.Set(domain.Tags{"a"})},
			nil,
		},
		"a maximum_timeout of 599 is refused": {
			domain.RunnerRegistration{MaximumTimeout: new(int64(599))},
			domain.RunnerChange{MaximumTimeout: domain.Set(new(int64(599)))},
			broken("maximum_timeout", "needs to be at least 10 minutes"),
		},
		"a maximum_timeout of 0 is refused": {
			domain.RunnerRegistration{MaximumTimeout: new(int64(0))},
			domain.RunnerChange{MaximumTimeout: domain.Set(new(int64(0)))},
			broken("maximum_timeout", "needs to be at least 10 minutes"),
		},
		"a maximum_timeout of 600 is accepted": {
			domain.RunnerRegistration{MaximumTimeout: new(int64(600))},
			domain.RunnerChange{MaximumTimeout: domain.Set(new(int64(600)))},
			nil,
		},
		"an access_level of null is refused": {
			domain.RunnerRegistration{AccessLevel: new(domain.RunnerAccessLevel(""))},
			domain.RunnerChange{AccessLevel: domain.Set(domain.RunnerAccessLevel(""))},
			broken("access_level", "can't be blank"),
		},
		"50 tags are accepted": {
			domain.RunnerRegistration{Tags: numbered(50)},
			domain.RunnerChange{Tags: domain.Set(numbered(50))},
			nil,
		},
		"51 tags are refused": {
			domain.RunnerRegistration{Tags: numbered(51)},
			domain.RunnerChange{Tags: domain.Set(numbered(51))},
			broken("tags_list", tooManyTags),
		},
		"51 tags of which two are equal are 50": {
			domain.RunnerRegistration{Tags: append(numbered(50), "t0")},
			domain.RunnerChange{Tags: domain.Set(append(numbered(50), "t0"))},
			nil,
		},
		"a description of 1024 characters, not bytes, is accepted": {
			domain.RunnerRegistration{Description: new(strings.Repeat("é", 1024))},
			domain.RunnerChange{Description: domain.Set(new(strings.Repeat("é", 1024)))},
			nil,
		},
		"a description of 1025 characters is refused": {
			domain.RunnerRegistration{Description: new(strings.Repeat("é", 1025))},
			domain.RunnerChange{Description: domain.Set(new(strings.Repeat("é", 1025)))},
			broken("description", tooLong("1024")),
		},
		"a maintenance_note of 1024 characters, not bytes, is accepted": {
			domain.RunnerRegistration{MaintenanceNote: new(strings.Repeat("é", 1024))},
			domain.RunnerChange{MaintenanceNote: domain.Set(new(strings.Repeat("é", 1024)))},
			nil,
		},
		"a maintenance_note of 1025 characters is refused": {
			domain.RunnerRegistration{MaintenanceNote: new(strings.Repeat("é", 1025))},
			domain.RunnerChange{MaintenanceNote: domain.Set(new(strings.Repeat("é", 1025)))},
			broken("maintenance_note", tooLong("1024")),
		},
		"several failing attributes appear together": {
			domain.RunnerRegistration{
				RunUntagged: new(false), MaximumTimeout: new(int64(1)), AccessLevel: new(domain.RunnerAccessLevel("")),
				Description: new(strings.Repeat("d", 1025)),
			},
			domain.RunnerChange{
				RunUntagged: domain.Set(false), MaximumTimeout: domain.Set(new(int64(1))),
				AccessLevel: domain.Set(domain.RunnerAccessLevel("")),
				Description: domain.Set(new(strings.Repeat("d", 1025))),
			},
			broken("tags_list", tagsMissing, "access_level", "can't be blank",
				"maximum_timeout", "needs to be at least 10 minutes", "description", tooLong("1024")),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := domain.NewRunner(test.registration, domain.RunnerScope{Type: domain.InstanceRunner}, noon)
			updateErr := aRunner().Update(test.change, noon)
			if test.want == nil {
				assert.NoError(t, err)
				assert.NoError(t, updateErr)
				return
			}
			assert.Equal(t, test.want, err, "when it registers")
			assert.Equal(t, test.want, updateErr, "when it is changed")
		})
	}
}

func TestRuleOfARunnersName(t *testing.T) {
	t.Parallel()
	register := func(name string) error {
		_, err := domain.NewRunner(domain.RunnerRegistration{Name: &name}, domain.RunnerScope{Type: domain.InstanceRunner}, noon)
		return err
	}
	assert.NoError(t, register(strings.Repeat("é", 256)))
	assert.Equal(t, broken("name", "is too long (maximum is 256 characters)"), register(strings.Repeat("é", 257)))
}
