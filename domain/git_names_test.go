package domain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"runyard/domain"
)

const (
	badCommitID = "needs an id of 8 to 64 hexadecimal digits"
	badRef      = "is not a valid name of a branch or tag"
)

// What git check-ref-format --branch says of them.
var (
	goodRefs = []string{
		"main", "v1.2.3", "feature/a-b_c", "a.b/c.d", "a@b", "é", "日本", "a-", "#1", "a{b", "1", "refs/heads/x", "a./b", "x.locked", strings.Repeat("a", 1024),
	}
	badRefs = []string{
		"@", "-", "-a", "--upload-pack=evil", ".a", "a/.b", "a..b", "a.", "/a", "a/", "a//b", "a.lock", "a.lock/b", "a b", "a\tb", "a\nb", "a\x7fb",
		"a~1", "a^", "a:b", "a?", "a*", "a[b", `a\b`, "a@{1}", " ", strings.Repeat("a", 1025),
	}
)

func TestAJobIsMadeForARefThatGitKnows(t *testing.T) {
	t.Parallel()
	for _, ref := range goodRefs {
		spec := aSpec()
		spec.Ref = ref
		_, err := domain.NewJob(spec, aProject(t), 5, nil, noon)
		require.NoError(t, err, ref)
	}
	for _, ref := range badRefs {
		spec := aSpec()
		spec.Ref = ref
		_, err := domain.NewJob(spec, aProject(t), 5, nil, noon)
		require.Equal(t, broken("ref", badRef), err, ref)
	}
}

func TestADefaultBranchIsOneThatGitKnows(t *testing.T) {
	t.Parallel()
	for _, branch := range goodRefs {
		aProject(t, func(s *domain.ProjectSpec) { s.DefaultBranch = branch })
	}
	for _, branch := range append([]string{""}, badRefs...) {
		project := aProject(t)
		require.Equal(t, broken("default_branch", badRef), project.Update(domain.ProjectChange{DefaultBranch: domain.Set(branch)}), branch)
		require.Equal(t, "main", project.State().DefaultBranch)
	}
}

// A branch that was stored before there was a rule for it.
func TestAJobDoesNotGetABadDefaultBranch(t *testing.T) {
	t.Parallel()
	s := aProject(t).State()
	s.DefaultBranch = "-a"
	spec := aSpec()
	spec.Ref = ""
	_, err := domain.NewJob(spec, domain.RestoreProject(s), 5, nil, noon)
	require.Equal(t, broken("ref", badRef), err)
}
