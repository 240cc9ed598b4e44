package domain_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"runyard/domain"
)

const sha = "3b6f852e4c0a9d1e2f3a4b5c6d7e8f9012345678"

func TestNewJobCompletesTheCommit(t *testing.T) {
	t.Parallel()
	cet := noon.In(time.FixedZone("", 2*3600))
	for name, test := range map[string]struct{ given, want domain.Commit }{
		"an id is enough": {
			domain.Commit{ID: sha},
			domain.Commit{ID: sha, ShortID: "3b6f852e", ParentIDs: []string{}},
		},
		"a short id stays short": {
			domain.Commit{ID: "3B6f852e"},
			domain.Commit{ID: "3B6f852e", ShortID: "3B6f852e", ParentIDs: []string{}},
		},
		"the title is the first line of the message": {
			domain.Commit{ID: sha, Message: "Fix it\n\nAt last.\n"},
			domain.Commit{ID: sha, ShortID: "3b6f852e", Title: "Fix it", Message: "Fix it\n\nAt last.\n", ParentIDs: []string{}},
		},
		"the message is the title": {
			domain.Commit{ID: sha, Title: "Fix it"},
			domain.Commit{ID: sha, ShortID: "3b6f852e", Title: "Fix it", Message: "Fix it", ParentIDs: []string{}},
		},
		"all times follow from created_at, offset included": {
			domain.Commit{ID: sha, CreatedAt: cet},
			domain.Commit{ID: sha, ShortID: "3b6f852e", ParentIDs: []string{}, CreatedAt: cet, CommittedDate: cet, AuthoredDate: cet},
		},
		"all times follow from committed_date": {
			domain.Commit{ID: sha, CommittedDate: cet},
			domain.Commit{ID: sha, ShortID: "3b6f852e", ParentIDs: []string{}, CreatedAt: cet, CommittedDate: cet, AuthoredDate: cet},
		},
		"what is given stays": {
			domain.Commit{ID: sha, ShortID: "3b", Title: "t", Message: "m", ParentIDs: []string{"p"}, AuthoredDate: yesterday, CommittedDate: noon, CreatedAt: cet},
			domain.Commit{ID: sha, ShortID: "3b", Title: "t", Message: "m", ParentIDs: []string{"p"}, AuthoredDate: yesterday, CommittedDate: noon, CreatedAt: cet},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := aSpec()
			spec.Commit = &test.given
			_, err := domain.NewJob(spec, aProject(t), 5, nil, noon)
			require.NoError(t, err)
			assert.Empty(t, cmp.Diff(test.want, *spec.Commit))
		})
	}
}
