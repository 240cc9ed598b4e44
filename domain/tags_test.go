package domain_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"runyard/domain"
)

func TestNewTags(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		items []string
		want  domain.Tags
	}{
		"blanks are dropped":                              {[]string{"", "a", " \t\n"}, domain.Tags{"a"}},
		"items are trimmed":                               {[]string{" a ", "\tb"}, domain.Tags{"a", "b"}},
		"inner white space stays":                         {[]string{" a b "}, domain.Tags{"a b"}},
		"duplicates are removed keeping the first":        {[]string{"b", "a", "b "}, domain.Tags{"b", "a"}},
		"case is preserved and significant":               {[]string{"Go", "go"}, domain.Tags{"Go", "go"}},
		"the order is that of insertion":                  {[]string{"z", "a", "m"}, domain.Tags{"z", "a", "m"}},
		"no items make an empty list, never nil":          {nil, domain.Tags{}},
		"only blanks make an empty list, never nil":       {[]string{" "}, domain.Tags{}},
		"non-breaking and other Unicode white space goes": {[]string{"\u00a0a\u2003"}, domain.Tags{"a"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, domain.NewTags(test.items))
		})
	}
	t.Run("cleaning twice changes nothing more, and leaves the items alone", rapid.MakeCheck(func(t *rapid.T) {
		items := rapid.SliceOf(rapid.SampledFrom([]string{"", " ", "a", " a", "A", "b ", "c d"})).Draw(t, "items")
		before := append([]string{}, items...)
		once := domain.NewTags(items)
		assert.Equal(t, once, domain.NewTags(once))
		assert.Equal(t, before, append([]string{}, items...))
	}))
}

func TestTagsInclude(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		own, wanted domain.Tags
		want        bool
	}{
		"all wanted tags are there":             {domain.Tags{"a", "b"}, domain.Tags{"b", "a"}, true},
		"extra tags are fine":                   {domain.Tags{"a", "b", "c"}, domain.Tags{"b"}, true},
		"one missing tag is too many":           {domain.Tags{"a"}, domain.Tags{"a", "b"}, false},
		"comparison is case-sensitive":          {domain.Tags{"Go"}, domain.Tags{"go"}, false},
		"comparison is exact":                   {domain.Tags{"golang"}, domain.Tags{"go"}, false},
		"an empty wish is granted":              {domain.Tags{"a"}, domain.Tags{}, true},
		"an empty wish is granted by no tags":   {nil, nil, true},
		"no tags include nothing that is there": {nil, domain.Tags{"a"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, test.own.Include(test.wanted))
		})
	}
}
